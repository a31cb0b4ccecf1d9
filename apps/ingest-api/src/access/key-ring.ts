import { hashOf, type Scope, SCOPES, type StoredKey } from './api-key.js';

/** Name of the key that `INGEST_TOKEN` is. */
export const TOKEN_NAME = 'ingest-token';

/** Who asks: a key that is good now. */
export interface Caller {
  readonly name: string;
  readonly sha256: string;
  readonly scopes: readonly Scope[];
  /** undefined: all. */
  readonly groups: readonly string[] | undefined;
  /** End of the key in ms since the epoch. */
  readonly expiresAt: number;
}

/** Keys that came, went or changed, by name. */
export interface KeyChanges {
  added: string[];
  removed: string[];
  changed: string[];
}

/** The keys that are good: `INGEST_TOKEN`, with every scope, and those of the file of keys. */
export class KeyRing {
  readonly #now: () => number;
  readonly #token: Caller | undefined;
  readonly #hasFile: boolean;
  #byHash = new Map<string, Caller>();

  /** `keys` undefined: there is no file of keys. `now` is in ms since the epoch. */
  constructor(ingestToken: string | undefined, keys?: readonly StoredKey[], now: () => number = Date.now) {
    this.#now = now;
    this.#hasFile = keys !== undefined;
    this.#token =
      ingestToken === undefined
        ? undefined
        : {
            name: TOKEN_NAME,
            sha256: hashOf(ingestToken),
            scopes: SCOPES,
            groups: undefined,
            expiresAt: Infinity,
          };
    this.replace(keys ?? []);
  }

  /** Whether writes need a key; without a token and a file of keys anybody may write. */
  get isNeeded(): boolean {
    return this.#token !== undefined || this.#hasFile;
  }

  /** Takes these keys in place of those of before; `INGEST_TOKEN` stays. */
  replace(keys: readonly StoredKey[]): KeyChanges {
    const before = new Map([...this.#byHash.values()].map((caller) => [caller.name, JSON.stringify(caller)]));
    const after = new Map<string, Caller>();
    for (const { name, sha256, scopes, groups, expires } of keys) {
      const expiresAt = expires === undefined ? Infinity : Date.parse(expires);
      after.set(sha256, { name, sha256, scopes, groups, expiresAt });
    }
    if (this.#token !== undefined) after.set(this.#token.sha256, this.#token);
    this.#byHash = after;
    const now = new Map([...after.values()].map((caller) => [caller.name, JSON.stringify(caller)]));
    return {
      added: [...now.keys()].filter((name) => !before.has(name)),
      removed: [...before.keys()].filter((name) => !now.has(name)),
      changed: [...now].filter(([name, text]) => (before.get(name) ?? text) !== text).map(([name]) => name),
    };
  }

  /**
   * The key with this text, if it is good. It is looked up by its hash: the time that this takes says nothing about
   * the keys.
   */
  find(key: string): Caller | undefined {
    return this.findByHash(hashOf(key));
  }

  findByHash(sha256: string): Caller | undefined {
    const caller = this.#byHash.get(sha256);
    return caller !== undefined && caller.expiresAt > this.#now() ? caller : undefined;
  }

  /** The good key whose hash begins with these digits. */
  findByHashPrefix(prefix: string): Caller | undefined {
    for (const sha256 of this.#byHash.keys()) {
      if (sha256.startsWith(prefix)) return this.findByHash(sha256);
    }
    return undefined;
  }
}

/** Whether a key has a scope, for a group where one is named. */
export function mayDo(caller: Caller, scope: Scope, group?: string): boolean {
  if (!caller.scopes.includes(scope)) return false;
  return group === undefined || caller.groups === undefined || caller.groups.includes(group);
}
