import { createHash } from 'node:crypto';

/** Reply of a command inside a script, in the form of RESP2; an error reply is thrown by `ScriptCall` instead. */
export type ScriptReply = string | number | bigint | null | Uint8Array | { simple: string } | ScriptReply[];

/** `redis.call` of a script: runs one command, throws its error reply. */
export type ScriptCall = (...command: (string | number)[]) => ScriptReply;

/**
 * A server-side script: `lua` is its text on Redis, `run` does the same here, where there is no Lua. Keys, arguments
 * and strings of replies are UTF-8 text. It runs to its end before any other command, and must not wait.
 */
export interface ServerScript {
  readonly lua: string;
  run(keys: string[], args: string[], call: ScriptCall): ScriptReply;
}

/** The scripts that this server can run, by the SHA-1 of their text. */
export class ScriptRegistry {
  readonly #scripts = new Map<string, ServerScript>();

  constructor(scripts: readonly ServerScript[]) {
    for (const script of scripts) this.#scripts.set(sha1(Buffer.from(script.lua).toString('latin1')), script);
  }

  /** By SHA-1 in hexadecimal digits of any case. */
  bySha(sha: string): ServerScript | undefined {
    return this.#scripts.get(sha.toLowerCase());
  }
}

/** SHA-1 of a latin1 string's bytes, as Redis names scripts. */
export function sha1(text: string): string {
  return createHash('sha1').update(text, 'latin1').digest('hex');
}
