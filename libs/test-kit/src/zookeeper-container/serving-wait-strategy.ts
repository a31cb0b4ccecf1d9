import { type BoundPorts, getContainerRuntimeClient, type WaitStrategy } from 'testcontainers';
import { waitFor } from '../waiting/wait-for.js';
import { serverStatus } from '../zookeeper/four-letter-word.js';

/** Waits until the server in a container has a role, standalone or in its ensemble, as seen through its mapped port. */
export class ServingWaitStrategy implements WaitStrategy {
  #startupTimeoutMs: number | undefined;

  constructor(private readonly clientPort: number) {}

  async waitUntilReady(
    container: Parameters<WaitStrategy['waitUntilReady']>[0],
    boundPorts: BoundPorts,
  ): Promise<void> {
    const { info } = await getContainerRuntimeClient();
    const address = { host: info.containerRuntime.host, port: boundPorts.getBinding(this.clientPort) };
    await waitFor(() => serverStatus(address), {
      timeoutMs: this.getStartupTimeout(),
      intervalMs: 100,
      describe: `the ZooKeeper of container ${container.id.slice(0, 12)} to serve on ${address.host}:${address.port}`,
    });
  }

  withStartupTimeout(startupTimeoutMs: number): this {
    this.#startupTimeoutMs = startupTimeoutMs;
    return this;
  }

  isStartupTimeoutSet(): boolean {
    return this.#startupTimeoutMs !== undefined;
  }

  getStartupTimeout(): number {
    return this.#startupTimeoutMs ?? 60_000;
  }
}
