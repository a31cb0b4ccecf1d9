/** After a round in which every server has failed; doubled after each further one. */
const firstRoundDelayMs = 50;
const maxRoundDelayMs = 500;

/** Which server comes next: each address has its turn before one has a second. */
export class ServerRotation {
  /** As they were looked up last. */
  addresses: readonly string[] = [];
  #address = '';
  /** The addresses that had their turn in this round. */
  readonly #visited = new Set<string>();
  /** Rounds since the last connection in which every address has failed. */
  #rounds = 0;

  /** The first whose turn has not come in this round. */
  next(): string {
    const isNew = (address: string): boolean => !this.#visited.has(address);
    if (!this.addresses.some(isNew)) this.#visited.clear();
    this.#address = this.addresses.find(isNew) ?? '';
    this.#visited.add(this.#address);
    return this.#address;
  }

  /** The address could not be connected to; milliseconds until the next: none until all have failed. */
  failed(): number {
    if (!this.addresses.every((address) => this.#visited.has(address))) return 0;
    this.#visited.clear();
    const waitMs = Math.min(firstRoundDelayMs * 2 ** this.#rounds, maxRoundDelayMs);
    this.#rounds += 1;
    return waitMs;
  }

  /** When this connection breaks, the other servers come first. */
  connected(): void {
    this.#visited.clear();
    this.#visited.add(this.#address);
    this.#rounds = 0;
  }
}
