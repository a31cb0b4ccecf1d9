import { type ServerNetwork } from '../server-network/server-network.js';
import { type ServerMode, type ServerStatus } from './four-letter-word.js';

/** One server of a {@link StartedZooKeeper}. */
export interface ZooKeeperServer {
  /** Number of the server in its ensemble, from 1 (ZooKeeper's `myid`). */
  readonly id: number;
  readonly host: string;
  readonly port: number;
  /** Process id while it runs here; undefined when it is stopped, in a container or external. */
  readonly pid: number | undefined;
  /** Whether the server is started and not ended, be it paused. */
  readonly running: boolean;
  /** Whether it was paused and not resumed since. */
  readonly paused: boolean;

  /** Ends the server in order (SIGTERM); the port stays reserved for it. Nothing happens when it is not running. */
  stop(): Promise<void>;
  /** Ends the server with SIGKILL. Nothing happens when it is not running. */
  kill(): Promise<void>;
  /**
   * Starts the server again on the same port with the data it had. Resolves when it serves requests, or, while less
   * than a majority of the ensemble is started, when it listens. Nothing happens when it is running.
   *
   * @throws TestKitError `SERVER_DIED`, `SERVER_NOT_READY`, `PORT_TAKEN`
   */
  start(): Promise<void>;
  /** Stops the server in its tracks (SIGSTOP): connections stay open and nobody answers. */
  pause(): Promise<void>;
  /** Lets a paused server go on (SIGCONT). */
  resume(): Promise<void>;
  /** Answer to `ruok`, `srvr`, `wchs`, `cons`, `dump`, …; all words are allowed on servers started here. */
  fourLetterWord(word: string, options?: { readonly timeoutMs?: number }): Promise<string>;
  /** The server's role; undefined while it serves no requests or cannot be reached. */
  mode(): Promise<ServerMode | undefined>;
  /** Its role and its last transaction: a follower whose `zxid` stays behind its leader's lags. Undefined like `mode`. */
  status(): Promise<ServerStatus | undefined>;
}

/** A ZooKeeper of one or more servers that serves requests. */
export interface StartedZooKeeper extends AsyncDisposable {
  /** `host:port,host:port,…`, with the chroot where `ZOOKEEPER_HOSTS` names one. */
  readonly connectString: string;
  readonly servers: readonly ZooKeeperServer[];
  /** Where it comes from: `external` ones cannot be stopped, killed or paused. */
  readonly source: 'external' | 'local' | 'container';
  /**
   * The server that leads the ensemble (a standalone one: itself), or undefined while there is none. Of two that hold
   * that they lead, since one is cut off and does not know it yet, the one of the later epoch.
   */
  leader(): Promise<ZooKeeperServer | undefined>;
  /**
   * Resolves when every server that runs and is not paused grants a session, which is ended at once, and exactly one of
   * them leads.
   *
   * @throws TestKitError `SERVER_NOT_READY` after `timeoutMs` (60,000 by default)
   */
  waitUntilServing(options?: { readonly timeoutMs?: number; readonly signal?: AbortSignal }): Promise<void>;
  /** Ends all servers and removes their data unless a `dataDir` was given; idempotent. External ones stay as they are. */
  close(): Promise<void>;
}

/** An ensemble whose servers reach each other over links that a test can cut, delay and block. */
export interface PartitionableZooKeeper extends StartedZooKeeper {
  readonly network: ServerNetwork;
}

/** What {@link startZooKeeper} starts. */
export interface ZooKeeperOptions {
  /** Size of the ensemble; 1 (standalone) by default. */
  readonly servers?: 1 | 3 | 5;
  /** Client port of the first server, the next ones following it; free ports are drawn by default. */
  readonly port?: number;
  /** ZooKeeper's unit of time in milliseconds; 500 by default: sessions of 1 s (2 ticks) to 60 s are granted. */
  readonly tickTimeMs?: number;
  /** Where to keep the data beyond `close()`; a temporary folder that `close()` removes by default. */
  readonly dataDir?: string;
  /** Further lines of `zoo.cfg`, which win over those of the test kit. */
  readonly configuration?: Readonly<Record<string, string | number | boolean>>;
  /** Further options of the Java machine, which win over those of the test kit, for example `-Xmx1g`. */
  readonly javaOptions?: readonly string[];
  /**
   * True when the test stops, kills or pauses servers: the one that `ZOOKEEPER_HOSTS` names is then passed over.
   * False by default.
   */
  readonly controllable?: boolean;
  /**
   * True for tests that interrupt or delay the links between the servers, as {@link PartitionableZooKeeper.network}
   * does: an ensemble of a local installation is then started. False by default.
   */
  readonly partitionable?: boolean;
  /** Where to look, in the order given in {@link startZooKeeper}; everywhere by default. */
  readonly sources?: readonly StartedZooKeeper['source'][];
  /** How long the start may take in milliseconds; 60,000 by default. */
  readonly startTimeoutMs?: number;
  /** Aborts the start; whatever was started is ended. It has no effect on a started one. */
  readonly signal?: AbortSignal;
  /** Environment in which an installation is looked for; that of the process by default. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}
