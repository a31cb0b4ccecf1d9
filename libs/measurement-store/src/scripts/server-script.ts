/** Reply of a command inside a script, in the form of RESP2; an error reply is thrown by `ScriptCall` instead. */
export type ScriptReply = string | number | bigint | null | Uint8Array | { simple: string } | ScriptReply[];

/** `redis.call` of a script: runs one command, throws the server's error reply. */
export type ScriptCall = (...command: (string | number)[]) => ScriptReply;

/**
 * A server-side script: `lua` runs on Redis, `run` does the same on a server without Lua. Both take the same keys and
 * arguments, issue the same writes and answer the same.
 */
export interface ServerScript {
  readonly lua: string;
  run(keys: string[], args: string[], call: ScriptCall): ScriptReply;
}
