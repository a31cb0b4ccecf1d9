import { type StoreUnavailableCode } from '../errors.js';

/** What a server answers when it cannot serve, and what to do about it. */
export interface Refusal {
  readonly code: StoreUnavailableCode;
  readonly summary: string;
}

/** A prefix of an error text; servers before 7 put it behind what they say of the script that met the error. */
function prefix(word: string): RegExp {
  return new RegExp(`(?:^|: -)${word}\\b`);
}

const REFUSALS: readonly (Refusal & { readonly pattern: RegExp })[] = [
  {
    code: 'STORE_READ_ONLY',
    pattern: prefix('READONLY'),
    summary:
      'The server is a read-only replica: after a failover the connection is made again by itself; otherwise ' +
      'name the master.',
  },
  {
    code: 'STORE_FULL',
    pattern: prefix('OOM'),
    summary:
      'The server is out of memory and refuses writes: raise its maxmemory, or shorten the retention. (Do not let ' +
      'it evict keys.)',
  },
  {
    code: 'STORE_WITHOUT_REPLICAS',
    pattern: prefix('NOREPLICAS'),
    summary:
      'The server refuses writes while it has fewer replicas than min-replicas-to-write asks for: start the replicas.',
  },
  {
    code: 'STORE_NOT_PERSISTING',
    pattern: prefix('MISCONF'),
    summary:
      'The server refuses writes because it cannot save them to its disk: look at its log, its disk and its rights.',
  },
  {
    code: 'STORE_LOGIN_REFUSED',
    pattern: /(?:^|: -)(?:WRONGPASS|NOAUTH)\b|invalid (?:username-password pair|password)/,
    summary: 'The server refuses the login: check user and password of the connection.',
  },
  {
    code: 'STORE_NOT_PERMITTED',
    pattern: /(?:^|: -)NOPERM\b|does not have permission|user doesn't have|ACL failure/i,
    summary:
      'The user of the connection lacks a right: it needs all commands, TS.* and EVALSHA among them, on the keys and ' +
      'channels atalaya:*.',
  },
  {
    code: 'STORE_IS_CLUSTER',
    pattern: /^MOVED \d+/,
    summary:
      'The server is a node of a Redis Cluster: name at least two of its nodes, for example ' +
      'REDIS_URL=redis://node-1:6379,redis://node-2:6379.',
  },
  {
    code: 'WRONG_KEY_TYPE',
    pattern: /WRONGTYPE|not a TSDB key/i,
    summary:
      'A key of the store holds another type than the store writes: another program uses it; remove or rename that key.',
  },
];

/** What the text of an error reply says about a server that cannot serve; undefined where it says something else. */
export function refusalOf(text: string): Refusal | undefined {
  return REFUSALS.find(({ pattern }) => pattern.test(text));
}
