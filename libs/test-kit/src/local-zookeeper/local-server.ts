import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { TestKitError } from '../errors.js';
import { isPortFree } from '../network/free-port.js';
import { endWithParent } from '../processes/reaper.js';
import { isStandingStill } from '../processes/standing-still.js';
import { waitFor } from '../waiting/wait-for.js';
import {
  fourLetterWord,
  type ServerMode,
  type ServerStatus,
  serverStatus,
} from '../zookeeper/four-letter-word.js';
import { type ZooKeeperServer } from '../zookeeper/started-zookeeper.js';
import { type LocalInstallation } from './installation.js';
import { DEFAULT_JAVA_OPTIONS, LOGGING_FILES, type ServerPorts, zooCfg } from './server-configuration.js';
import { childStdio } from '../processes/child-stdio.js';

/** What the servers of one ensemble have in common. */
export interface EnsembleSettings {
  readonly installation: LocalInstallation;
  readonly host: string;
  readonly folder: string;
  readonly ports: readonly ServerPorts[];
  /** The ports at which a server, by its index, reaches the others; those of `ports` by default. */
  readonly portsSeenBy?: (index: number) => readonly ServerPorts[];
  readonly tickTimeMs: number;
  readonly configuration: Readonly<Record<string, string | number | boolean>>;
  readonly javaOptions: readonly string[];
  readonly startTimeoutMs: number;
}

/** How much of its log the message of a server's death shows. */
const LOG_LINES_SHOWN = 15;
/** A server that ignores SIGTERM for this long is killed. */
const STOP_TIMEOUT_MS = 10_000;
const BIND_FAILURE = /BindException|Address already in use/;
/** ZooKeeper's `ExitCode.UNABLE_TO_BIND_QUORUM_PORT`. */
const ELECTION_PORT_TAKEN = 14;

/** One ZooKeeper server in a Java process of its own. */
export class LocalServer implements ZooKeeperServer {
  readonly id: number;
  readonly host: string;
  readonly port: number;
  readonly #folder: string;
  readonly #logFile: string;
  #process: ChildProcess | undefined;
  #exited: Promise<unknown> = Promise.resolve();
  #paused = false;
  #starting: Promise<void> | undefined;
  /** How often stop or kill was called, so that a start still under way knows that it is no longer wanted. */
  #endings = 0;
  #closed = false;

  constructor(
    private readonly settings: EnsembleSettings,
    private readonly index: number,
    private readonly hasMajority: () => boolean,
  ) {
    this.id = index + 1;
    this.host = settings.host;
    this.port = settings.ports[index]?.client ?? 0;
    this.#folder = join(settings.folder, `server-${this.id}`);
    this.#logFile = join(this.#folder, 'zookeeper.log');
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  get running(): boolean {
    return this.#process !== undefined;
  }

  get paused(): boolean {
    return this.#paused;
  }

  async start(): Promise<void> {
    await this.#start(async () => (this.hasMajority() ? this.mode() : this.#listens()));
  }

  /** Starts the server with its ensemble: resolves when it serves, which takes the others too. */
  async startServing(): Promise<void> {
    await this.#start(() => this.mode());
  }

  #start(isReady: () => Promise<unknown>): Promise<void> {
    this.#starting ??= this.#launchWhenFree(isReady).finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  async #launchWhenFree(isReady: () => Promise<unknown>): Promise<void> {
    if (this.#process) return;
    if (this.#closed) {
      throw new TestKitError(
        'SERVER_NOT_RUNNING',
        `ZooKeeper server ${this.id} (${this.host}:${this.port}) cannot be started: its ensemble is closed`,
      );
    }
    const endings = this.#endings;
    await this.#writeConfiguration();
    if (!(await isPortFree(this.port, this.host))) throw portTaken(this.host, this.port);
    if (this.#endings !== endings) throw this.#endedDuringStart();
    await this.#ready(this.#launch(), isReady);
  }

  #launch(): ChildProcess {
    const { installation, javaOptions } = this.settings;
    const log = openSync(this.#logFile, 'a');
    const child = spawn(
      installation.javaCommand,
      [
        ...DEFAULT_JAVA_OPTIONS,
        ...javaOptions,
        '-cp',
        [this.#folder, ...installation.classPath].join(delimiter),
        'org.apache.zookeeper.server.quorum.QuorumPeerMain',
        join(this.#folder, 'zoo.cfg'),
      ],
      // Detached: a Ctrl-C on the terminal reaches whoever started the server, who ends it when its clients are gone.
      { cwd: this.#folder, stdio: childStdio(['ignore', log, log]), detached: true },
    );
    closeSync(log);
    this.#process = child;
    this.#paused = false;
    this.#exited = new Promise<void>((resolve) => {
      const ended = (): void => {
        if (this.#process === child) {
          this.#process = undefined;
          this.#paused = false;
        }
        resolve();
      };
      child.once('exit', ended).once('error', ended);
    });
    endWithParent(child);
    return child;
  }

  /** Resolves when `isReady` gives a value; rejects as soon as the server's process ends, with what it logged last. */
  async #ready(child: ChildProcess, isReady: () => Promise<unknown>): Promise<void> {
    const { startTimeoutMs } = this.settings;
    const endings = this.#endings;
    const died = new AbortController();
    const onExit = (): void => {
      died.abort();
    };
    if (child.exitCode !== null || child.signalCode !== null) onExit();
    child.once('exit', onExit).once('error', onExit);
    try {
      await waitFor(isReady, { timeoutMs: startTimeoutMs, intervalMs: 50, signal: died.signal });
    } catch (cause) {
      if (this.#endings !== endings) throw this.#endedDuringStart();
      if (died.signal.aborted) throw await this.#deathOf(child);
      throw new TestKitError(
        'SERVER_NOT_READY',
        `ZooKeeper server ${this.id} did not serve on ${this.host}:${this.port} within ${startTimeoutMs} ms. ` +
          `Its last log lines:\n${await this.#lastLogLines()}`,
        { cause },
      );
    } finally {
      child.off('exit', onExit).off('error', onExit);
    }
  }

  async #deathOf(child: ChildProcess): Promise<TestKitError> {
    const lines = await this.#lastLogLines();
    const how =
      child.signalCode !== null
        ? `by ${child.signalCode}`
        : child.exitCode !== null
          ? `with exit code ${child.exitCode}`
          : 'before it began';
    const message = `ZooKeeper server ${this.id} (${this.host}:${this.port}) ended ${how} during its start`;
    if (child.exitCode === ELECTION_PORT_TAKEN || BIND_FAILURE.test(lines)) {
      return new TestKitError('PORT_TAKEN', `${message}: a port is taken. Its last log lines:\n${lines}`);
    }
    return new TestKitError('SERVER_DIED', `${message}. Its last log lines:\n${lines}`);
  }

  #endedDuringStart(): TestKitError {
    return new TestKitError(
      'SERVER_NOT_RUNNING',
      `ZooKeeper server ${this.id} (${this.host}:${this.port}) was stopped or killed during its start`,
    );
  }

  async stop(): Promise<void> {
    this.#endings++;
    const child = this.#process;
    if (!child) return;
    child.kill('SIGTERM');
    await this.resume();
    const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await this.#exited;
    clearTimeout(impatience);
  }

  async kill(): Promise<void> {
    this.#endings++;
    this.#process?.kill('SIGKILL');
    await this.#exited;
  }

  /** Ends the server for good. */
  async close(how: 'stop' | 'kill'): Promise<void> {
    this.#closed = true;
    await this[how]();
    // A start that is given up still writes files, which must not appear after the folder has gone.
    await this.#starting?.catch(() => undefined);
  }

  async pause(): Promise<void> {
    const child = this.#process;
    if (!child) {
      throw new TestKitError(
        'SERVER_NOT_RUNNING',
        `ZooKeeper server ${this.id} (${this.host}:${this.port}) cannot be paused: it is not running`,
      );
    }
    child.kill('SIGSTOP');
    this.#paused = true;
    const { pid } = child;
    if (pid === undefined) return;
    await waitFor(() => !this.#paused || isStandingStill(pid), {
      intervalMs: 2,
      describe: `ZooKeeper server ${this.id} to stand still`,
    });
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- a rejection, as from every other operation
  async resume(): Promise<void> {
    this.#process?.kill('SIGCONT');
    this.#paused = false;
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

  async #listens(): Promise<boolean> {
    await fourLetterWord(this, 'ruok', { timeoutMs: 1_000 });
    return true;
  }

  async #writeConfiguration(): Promise<void> {
    const { host, ports, portsSeenBy = () => ports, tickTimeMs, configuration } = this.settings;
    const dataFolder = join(this.#folder, 'data');
    await mkdir(dataFolder, { recursive: true });
    const text = zooCfg({
      dataFolder,
      host,
      index: this.index,
      ensemble: portsSeenBy(this.index),
      tickTimeMs,
      overrides: configuration,
    });
    await writeFile(join(this.#folder, 'zoo.cfg'), text);
    await writeFile(join(dataFolder, 'myid'), `${this.id}\n`);
    for (const [name, content] of Object.entries(LOGGING_FILES)) {
      await writeFile(join(this.#folder, name), content);
    }
  }

  async #lastLogLines(): Promise<string> {
    const log = await readFile(this.#logFile, 'utf8').catch(() => '');
    const lines = log.trimEnd().split('\n').slice(-LOG_LINES_SHOWN).join('\n');
    return lines === '' ? '(it logged nothing)' : lines;
  }
}

/** The error for a port that something else listens on. */
export function portTaken(host: string, port: number): TestKitError {
  return new TestKitError(
    'PORT_TAKEN',
    `Port ${port} of ${host} is taken: end what listens there, or choose another port`,
  );
}
