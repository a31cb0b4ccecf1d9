import { setTimeout as delay } from 'node:timers/promises';
import { type Pool } from 'undici';
import { type Sending } from './sending.js';

export interface ReportSenderOptions {
  apis: readonly Pool[];
  group: string;
  random: () => number;
  /** Token of the term that is under way. */
  token: () => bigint;
}

/** Pause before a report is sent again, in ms. */
const RETRY_MS = 50;

/** Sends reports until each has an answer that settles it, and keeps what was acknowledged. */
export class ReportSender {
  /** By tick, the value that a 201 acknowledged. */
  readonly stored = new Map<number, number>();
  /** By tick, the value that every 200 named as the one that is kept. */
  readonly kept = new Map<number, number>();
  readonly violations: string[] = [];
  retries = 0;
  refusedStale = 0;

  constructor(private readonly options: ReportSenderOptions) {}

  async send(sending: Sending): Promise<void> {
    for (;;) {
      const status = await this.#attempt(sending).catch(() => undefined);
      if (status === 201 || status === 200) return;
      if (status === 409 && sending.stale) {
        this.refusedStale += 1;
        return;
      }
      // No answer, 503, 429, or a term that ended meanwhile: the leader sends it again.
      this.retries += 1;
      await delay(RETRY_MS * (1 + this.options.random()));
    }
  }

  async #attempt({ timestamp, value, stale }: Sending): Promise<number> {
    const { apis, group, random, token } = this.options;
    const api = apis[Math.floor(random() * apis.length)];
    if (api === undefined) throw new Error('there is no API');
    const current = token();
    const report = { group, timestamp, value, token: String(stale ? current - 2n : current), leader: 'soak' };
    const response = await api.request({
      method: 'POST',
      path: '/api/v1/measurements',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(report),
    });
    const body = (await response.body.json()) as { value?: number };
    const { statusCode } = response;
    if (statusCode === 201) this.#acknowledged(timestamp, value, stale);
    else if (statusCode === 200) this.#keeps(timestamp, body.value ?? Number.NaN);
    else if (![409, 429, 503].includes(statusCode)) {
      this.violations.push(`tick ${timestamp}: unexpected answer ${statusCode} ${JSON.stringify(body)}`);
    }
    return statusCode;
  }

  #acknowledged(timestamp: number, value: number, stale: boolean): void {
    if (stale) this.violations.push(`tick ${timestamp}: stored with a stale token`);
    const before = this.stored.get(timestamp);
    if (before !== undefined)
      this.violations.push(`tick ${timestamp}: acknowledged as stored twice (${before}, ${value})`);
    this.stored.set(timestamp, value);
  }

  #keeps(timestamp: number, value: number): void {
    const before = this.kept.get(timestamp);
    if (before !== undefined && before !== value) {
      this.violations.push(`tick ${timestamp}: the kept value changed from ${before} to ${value}`);
    }
    this.kept.set(timestamp, value);
  }
}
