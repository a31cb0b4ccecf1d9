/** A command ready to be sent, with the reader of its reply. */
export interface Command<T> {
  /** Name as on the wire, e.g. `TS.ADD`. */
  readonly name: string;
  /** Arguments behind the name, keys among them. */
  readonly args: readonly string[];
  /** The keys among the arguments; they decide the Cluster slot. */
  readonly keys: readonly string[];
  /** Reads the reply; throws `TimeSeriesError` (`UNEXPECTED_REPLY`) for another form than documented. */
  decode(reply: unknown): T;
}

/** Type of a command's result. */
export type ResultOf<C> = C extends Command<infer T> ? T : never;
