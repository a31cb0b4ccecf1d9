/** The stored ticks as the API returns them. */
export class TickWatcher {
  readonly #url: string;
  readonly tickIntervalMs: number;

  constructor(url: string, tickIntervalMs: number) {
    this.#url = url;
    this.tickIntervalMs = tickIntervalMs;
  }

  /** Time of the newest stored tick in ms; undefined when there is none or the API does not answer. */
  async newest(): Promise<number | undefined> {
    try {
      const [newest] = await this.#measurements(new URLSearchParams({ limit: '1' }));
      return newest?.timestamp;
    } catch {
      return undefined;
    }
  }

  /** Who leads by the newest report: the candidate's id, and the token of its term. */
  async leader(): Promise<{ id: string | null; token: string | null }> {
    const response = await fetch(`${this.#url}/api/v1/status`, { signal: AbortSignal.timeout(5_000) });
    const { leader, token } = (await response.json()) as { leader: string | null; token: string | null };
    return { id: leader, token };
  }

  /**
   * Whether the page shows a stored mean.
   *
   * @throws {Error} naming a style sheet, script or icon that the page asks for in vain
   */
  async pageShowsMeans(): Promise<boolean> {
    const [newest] = await this.#measurements(new URLSearchParams({ limit: '1' }));
    const response = await fetch(`${this.#url}/`, { signal: AbortSignal.timeout(5_000) });
    const page = await response.text();
    for (const [, path] of page.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)) {
      const asset = await fetch(`${this.#url}${path ?? ''}`, { signal: AbortSignal.timeout(5_000) });
      if (!asset.ok) throw new Error(`${asset.status} from ${asset.url}`);
    }
    return newest !== undefined && response.ok && page.includes(String(newest.timestamp));
  }

  /** The ticks from `from` to `to` that are not stored. */
  async missing(from: number, to: number): Promise<number[]> {
    const interval = this.tickIntervalMs;
    const first = Math.ceil(from / interval) * interval;
    const query = new URLSearchParams({ from: String(first), to: String(to), limit: '10000' });
    const stored = new Set((await this.#measurements(query)).map(({ timestamp }) => timestamp));
    const missing: number[] = [];
    for (let tick = first; tick <= to; tick += interval) if (!stored.has(tick)) missing.push(tick);
    return missing;
  }

  async #measurements(query: URLSearchParams): Promise<{ timestamp: number; value: number }[]> {
    const response = await fetch(`${this.#url}/api/v1/measurements?${query.toString()}`, {
      signal: AbortSignal.timeout(5_000),
    });
    if (!response.ok) throw new Error(`${response.status} from ${response.url}: ${await response.text()}`);
    return ((await response.json()) as { measurements: { timestamp: number; value: number }[] }).measurements;
  }
}
