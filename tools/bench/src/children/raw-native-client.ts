import ZooKeeper from 'zookeeper';

/** Reads that are begun anew before it is given up. */
const ATTEMPTS = 5;

/** The native client as a program uses it without this project: the baseline. */
export class RawNativeClient {
  readonly #hosts: string;
  #client: ZooKeeper;
  #brokenReads = 0;

  private constructor(hosts: string, client: ZooKeeper) {
    this.#hosts = hosts;
    this.#client = client;
  }

  static async connect(hosts: string): Promise<RawNativeClient> {
    return new RawNativeClient(hosts, await connected(hosts));
  }

  /** Reads that its connection did not survive: with tens of thousands of requests at once it breaks at times. */
  get brokenReads(): number {
    return this.#brokenReads;
  }

  /** All gets submitted at once; returns how many values there were, and how long the read took that was not broken. */
  async readChildren(parent: string): Promise<{ count: number; ms: number }> {
    for (let attempt = 1; ; attempt += 1) {
      const begun = performance.now();
      try {
        const names = await this.#client.get_children(parent, false);
        const values = await Promise.all(names.map((name) => this.#client.get(`${parent}/${name}`, false)));
        return { count: values.length, ms: performance.now() - begun };
      } catch (error) {
        if (attempt === ATTEMPTS) throw error;
        this.#brokenReads += 1;
        this.#client.close();
        this.#client = await connected(this.#hosts);
      }
    }
  }
}

async function connected(hosts: string): Promise<ZooKeeper> {
  const client = new ZooKeeper({
    connect: hosts,
    timeout: 30_000,
    debug_level: 1,
    host_order_deterministic: false,
  });
  await new Promise<void>((resolve) => {
    client.once('connect', () => {
      resolve();
    });
    client.init({});
  });
  return client;
}
