/** A bound of the keyspace is reached; nothing was stored. The message says which, and what to do. */
export class KeyspaceLimitError extends Error {
  override readonly name = 'KeyspaceLimitError';
  readonly code = 'KEYSPACE_LIMIT';
}
