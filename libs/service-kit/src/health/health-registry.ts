import { messageOf } from '../errors/message-of.js';
import { maskSecrets } from '../secrets/mask-secrets.js';
import { within } from '../waiting/within.js';

/** Resolves when the part is ready; rejects with the reason when it is not. */
export type ReadinessCheck = (signal: AbortSignal) => Promise<void> | void;

export interface HealthReport {
  ready: boolean;
  /** By check: `ok`, or why it is not. */
  checks: Record<string, string>;
}

/** The readiness checks of a service, run together on request, each bounded in time. */
export class HealthRegistry {
  readonly #checks = new Map<string, ReadinessCheck>();
  readonly #timeoutMs: number;
  readonly #mask: (text: string) => string;

  /** `mask` is applied to reasons, which everybody may see; {@link maskSecrets} by default. */
  constructor(options: { timeoutMs?: number; mask?: (text: string) => string } = {}) {
    this.#timeoutMs = options.timeoutMs ?? 2_000;
    this.#mask = options.mask ?? maskSecrets;
  }

  /** Adds a check under a name and returns its disposer. */
  addReadinessCheck(name: string, check: ReadinessCheck): () => void {
    this.#checks.set(name, check);
    return () => {
      if (this.#checks.get(name) === check) this.#checks.delete(name);
    };
  }

  async report(): Promise<HealthReport> {
    const results = await Promise.all(
      [...this.#checks].map(async ([name, check]) => [name, await this.#run(check)] as const),
    );
    return { ready: results.every(([, result]) => result === 'ok'), checks: Object.fromEntries(results) };
  }

  async #run(check: ReadinessCheck): Promise<string> {
    const ending = new AbortController();
    try {
      await within(this.#timeoutMs, (async () => check(ending.signal))(), (limitMs) => {
        const late = new Error(`no answer within ${limitMs} ms`);
        ending.abort(late);
        throw late;
      });
      return 'ok';
    } catch (error) {
      return this.#mask(messageOf(error));
    }
  }
}
