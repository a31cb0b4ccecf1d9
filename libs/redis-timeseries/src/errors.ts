/** Stable codes of {@link TimeSeriesError}. */
export type TimeSeriesErrorCode =
  /** The series does not exist. */
  | 'KEY_NOT_FOUND'
  /** The series exists already. */
  | 'KEY_EXISTS'
  /** The key holds something that is not a time series. */
  | 'WRONG_TYPE'
  /** The timestamp lies before the retention of the series. */
  | 'OLDER_THAN_RETENTION'
  /** The series has a value at that timestamp and its duplicate policy refuses another. */
  | 'DUPLICATE_BLOCKED'
  /** `TS.INCRBY` or `TS.DECRBY` before the newest sample. */
  | 'TIMESTAMP_NOT_NEWEST'
  /** The compaction rule does not exist. */
  | 'RULE_NOT_FOUND'
  /** The compaction rule cannot be: same key twice, or the destination or source is already part of another rule. */
  | 'RULE_CONFLICT'
  /** The server understood the command but not one of its arguments. */
  | 'INVALID_ARGUMENT'
  /** The server does not know the command: RedisTimeSeries is not loaded. */
  | 'MODULE_MISSING'
  /** The user of the connection may not do this, or has not authenticated. */
  | 'NOT_PERMITTED'
  /** The server cannot serve now: loading, out of memory, read-only, busy, cluster down. */
  | 'SERVER_UNAVAILABLE'
  /** The reply does not have the documented form. */
  | 'UNEXPECTED_REPLY'
  /** An error reply that none of these describes. */
  | 'SERVER_ERROR'
  /** An argument was refused before anything was sent. */
  | 'INVALID_INPUT';

/**
 * An error of a time-series command. `message` holds the server's text, which differs between versions: decide by
 * `code`. The reply itself is `cause`.
 */
export class TimeSeriesError extends Error {
  readonly code: TimeSeriesErrorCode;
  /** Name of the command, e.g. `TS.ADD`; undefined where no command was sent. */
  readonly command: string | undefined;

  constructor(code: TimeSeriesErrorCode, message: string, options?: ErrorOptions & { command?: string }) {
    super(message, options);
    this.name = 'TimeSeriesError';
    this.code = code;
    this.command = options?.command;
  }
}

/**
 * Fragments that tell the errors apart, in every text seen from RedisTimeSeries 1.4 to 8.10. Versions before 8 lack
 * the leading `ERR` of most texts, so nothing is anchored to the start but Redis's own error prefixes.
 */
const FRAGMENTS: readonly (readonly [RegExp, TimeSeriesErrorCode])[] = [
  [
    /^(?:LOADING|OOM|READONLY|MISCONF|BUSY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|UNBLOCKED)\b/,
    'SERVER_UNAVAILABLE',
  ],
  [/^(?:NOAUTH|NOPERM|WRONGPASS)\b|does not have permission|current user doesn't have/i, 'NOT_PERMITTED'],
  [/unknown (?:redis )?command/i, 'MODULE_MISSING'],
  [/WRONGTYPE|not a TSDB key/i, 'WRONG_TYPE'],
  [/key does not exist/i, 'KEY_NOT_FOUND'],
  [/key already exists/i, 'KEY_EXISTS'],
  [/older than retention/i, 'OLDER_THAN_RETENTION'],
  [/error at upsert|duplicate_policy is set to block|update is not supported/i, 'DUPLICATE_BLOCKED'],
  [/equal to or higher than the maximum existing timestamp/i, 'TIMESTAMP_NOT_NEWEST'],
  [/compaction rule does not exist/i, 'RULE_NOT_FOUND'],
  [
    /already has a (?:src|dst|destination) rule|should be different|already has a source rule/i,
    'RULE_CONFLICT',
  ],
  [/wrong number of arguments|TSDB:|syntax error/i, 'INVALID_ARGUMENT'],
];

/** Code of an error reply's text. */
export function codeOfErrorText(text: string): TimeSeriesErrorCode {
  return FRAGMENTS.find(([fragment]) => fragment.test(text))?.[1] ?? 'SERVER_ERROR';
}

/** True where the same command may succeed later without being changed. */
export function isRetryable(error: TimeSeriesError): boolean {
  return error.code === 'SERVER_UNAVAILABLE';
}
