import { type ContainerRuntimeClient } from 'testcontainers';
import { TestKitError } from '../errors.js';
import { waitFor } from '../waiting/wait-for.js';
import {
  fourLetterWord,
  type ServerMode,
  type ServerStatus,
  serverStatus,
} from '../zookeeper/four-letter-word.js';
import { type ZooKeeperServer } from '../zookeeper/started-zookeeper.js';
import { type StartedZooKeeperContainer } from './zookeeper-container.js';

const START_TIMEOUT_MS = 60_000;

type EngineContainer = ReturnType<ContainerRuntimeClient['container']['getById']>;

/** One server of an ensemble in containers, controlled through the container engine. */
export class ContainerServer implements ZooKeeperServer {
  /** The process belongs to the engine. */
  readonly pid = undefined;
  readonly host: string;
  readonly port: number;
  readonly #container: EngineContainer;
  #running = true;
  #paused = false;

  constructor(
    readonly id: number,
    private readonly started: StartedZooKeeperContainer,
    engine: ContainerRuntimeClient,
    private readonly hasMajority: () => boolean,
  ) {
    this.host = started.getHost();
    this.port = started.getClientPort();
    this.#container = engine.container.getById(started.getId());
  }

  get running(): boolean {
    return this.#running;
  }

  get paused(): boolean {
    return this.#paused;
  }

  async stop(): Promise<void> {
    if (!this.#running) return;
    await this.resume();
    await this.#container.stop();
    this.#running = false;
  }

  async kill(): Promise<void> {
    if (!this.#running) return;
    await this.resume();
    await this.#container.kill();
    await this.#container.wait();
    this.#running = false;
  }

  async start(): Promise<void> {
    if (this.#running) return;
    await this.#container.start();
    this.#running = true;
    const isReady = (): Promise<unknown> => (this.hasMajority() ? this.mode() : this.fourLetterWord('ruok'));
    await waitFor(isReady, { timeoutMs: START_TIMEOUT_MS, intervalMs: 100 }).catch((cause: unknown) => {
      throw new TestKitError(
        'SERVER_NOT_READY',
        `ZooKeeper server ${this.id} (${this.host}:${this.port}) did not serve within ${START_TIMEOUT_MS} ms; ` +
          `see: docker logs ${this.started.getId().slice(0, 12)}`,
        { cause },
      );
    });
  }

  async pause(): Promise<void> {
    if (!this.#running) {
      throw new TestKitError(
        'SERVER_NOT_RUNNING',
        `ZooKeeper server ${this.id} (${this.host}:${this.port}) cannot be paused: it is not running`,
      );
    }
    if (this.#paused) return;
    await this.#container.pause();
    this.#paused = true;
  }

  async resume(): Promise<void> {
    if (!this.#paused) return;
    await this.#container.unpause();
    this.#paused = false;
  }

  /** Ends the container and removes it with its data. */
  async remove(): Promise<void> {
    await this.resume();
    await this.started.stop({ timeout: 0 });
  }

  fourLetterWord(word: string, options?: { readonly timeoutMs?: number }): Promise<string> {
    return fourLetterWord(this, word, options);
  }

  async mode(): Promise<ServerMode | undefined> {
    return (await this.status())?.mode;
  }

  status(): Promise<ServerStatus | undefined> {
    return serverStatus(this);
  }
}
