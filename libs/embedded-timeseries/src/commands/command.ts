import { type Database } from '../keyspace/database.js';
import { type KeyWatch } from '../keyspace/key-watches.js';
import { type ProtocolVersion } from '../protocol/protocol-version.js';
import { ErrorReply, type Reply } from '../protocol/reply.js';
import { type ScriptRegistry } from './script-registry.js';

/** The connection that a command came by; scripts run on the one of their caller. */
export interface Session {
  readonly id: number;
  readonly address: string;
  protocol: ProtocolVersion;
  name: string;
  libraryName: string;
  libraryVersion: string;
  authenticated: boolean;
  database: number;
  readonly channels: Set<string>;
  readonly patterns: Set<string>;
  /** Commands since MULTI; undefined outside of a transaction. */
  transaction: { commands: { command: Command; args: string[] }[]; failed: boolean } | undefined;
  /** The keys of WATCH; undefined without. */
  watch: KeyWatch | undefined;
  /** Sends something that is no reply to the current command. */
  push(reply: Reply): void;
  /** Ends the connection once the reply is sent. */
  closeAfterReply(): void;
}

/** What commands need of the server. */
export interface ServerFacade {
  readonly database: Database;
  readonly scripts: ScriptRegistry;
  readonly password: string | undefined;
  readonly port: number;
  readonly startedAtMs: number;
  /** Version of the module that clients are shown. */
  readonly moduleVersion: number;
  /** Backwards, `first` is the newest value of a bucket and `last` the oldest, as before 8.10. */
  readonly swapsFirstAndLast: boolean;
  sessions(): Iterable<Session>;
  /** Sends a message to all subscribers once the current changes are committed; answers how many there are. */
  publish(channel: string, message: string): number;
  /** Makes a command wait; `retry` is called after each commit until it answers, or the time is up. */
  block(session: Session, timeoutMs: number, retry: () => Reply | undefined, onTimeout: () => Reply): void;
  /** Commands that wait. */
  readonly blockedClients: number;
  now(): number;
}

export interface CommandContext {
  readonly server: ServerFacade;
  readonly database: Database;
  readonly session: Session;
  /** Runs further commands, for MULTI and scripts. */
  readonly execute: (args: string[], context: CommandContext) => Reply | typeof BLOCKED | typeof NO_REPLY;
  /** In a script or transaction: nothing can wait, and replies have the form of RESP2 in scripts. */
  readonly origin: 'client' | 'transaction' | 'script';
  readonly protocol: ProtocolVersion;
}

/** The command waits; its reply comes later. */
export const BLOCKED = Symbol('blocked');

/** A command without reply of its own, such as SUBSCRIBE, which sends pushes. */
export const NO_REPLY = Symbol('no reply');

export interface Command {
  readonly name: string;
  /** Number of arguments with the name; negative: at least as many. */
  readonly arity: number;
  readonly run: (context: CommandContext, args: string[]) => Reply | typeof BLOCKED | typeof NO_REPLY;
  /** Where it may not be used. */
  readonly forbiddenIn?: readonly ('script' | 'transaction')[];
  /** Adds samples and looks at nothing that a compaction could have changed. */
  readonly defersCompactions?: boolean;
  /** May be used before AUTH. */
  readonly anonymous?: boolean;
  /** May be used while subscribed, in RESP2. */
  readonly whileSubscribed?: boolean;
}

export function wrongArity(name: string): ErrorReply {
  return new ErrorReply(`ERR wrong number of arguments for '${name.toLowerCase()}' command`);
}

export function syntaxError(): ErrorReply {
  return new ErrorReply('ERR syntax error');
}

export function wrongType(): ErrorReply {
  return new ErrorReply('WRONGTYPE Operation against a key holding the wrong kind of value');
}

/** An argument that the arity guarantees. */
export function at(args: readonly string[], index: number): string {
  const argument = args[index];
  if (argument === undefined) throw wrongArity(args[0] ?? '');
  return argument;
}
