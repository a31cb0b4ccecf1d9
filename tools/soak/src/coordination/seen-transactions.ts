/** The last transaction that a session has seen of each path: reading an earlier one later is a step back in time. */
export class SeenTransactions {
  readonly #seen = new Map<string, bigint>();
  #session: bigint | undefined;

  /** What was read in a session; a description where the session has read something later before. */
  read(session: bigint | undefined, path: string, mzxid: bigint): string | undefined {
    if (session !== this.#session) this.#seen.clear();
    this.#session = session;
    const latest = this.#seen.get(path);
    if (latest === undefined || mzxid >= latest) {
      this.#seen.set(path, mzxid);
      return undefined;
    }
    return `session 0x${(session ?? 0n).toString(16)} read ${path} of transaction ${mzxid} after that of ${latest}`;
  }
}
