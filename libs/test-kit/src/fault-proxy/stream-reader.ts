/** Cuts a stream of bytes into the pieces in which it is handed on. */
export interface StreamReader {
  /** Whether the pieces are no frames of ZooKeeper's client protocol: they are then handed on unread. */
  readonly raw: boolean;
  /** Takes the next bytes and returns the pieces they complete. */
  push(chunk: Buffer): Buffer[];
  /** From here on the stream is handed on as it is. */
  switchToRaw(): void;
}
