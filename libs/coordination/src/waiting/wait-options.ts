/** Every wait takes a signal; when it aborts, the wait rejects with the signal's reason at once. */
export interface WaitOptions {
  readonly signal?: AbortSignal | undefined;
}
