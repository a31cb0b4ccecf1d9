import ZooKeeper from 'zookeeper';

/** The native client as a program uses it without this project: the baseline. */
export class RawNativeClient implements AsyncDisposable {
  readonly #client: ZooKeeper;

  private constructor(client: ZooKeeper) {
    this.#client = client;
  }

  static async connect(hosts: string): Promise<RawNativeClient> {
    const client = new ZooKeeper({
      connect: hosts,
      timeout: 10_000,
      debug_level: 1,
      host_order_deterministic: false,
    });
    await new Promise<void>((resolve) => {
      client.once('connect', () => {
        resolve();
      });
      client.init({});
    });
    return new RawNativeClient(client);
  }

  /** All gets submitted at once; returns how many values there were. */
  async readChildren(parent: string): Promise<number> {
    const names = await this.#client.get_children(parent, false);
    const values = await Promise.all(names.map((name) => this.#client.get(`${parent}/${name}`, false)));
    return values.length;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#client.close();
    return Promise.resolve();
  }
}
