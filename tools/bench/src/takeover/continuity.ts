import type { Received } from './receiver.js';

/** What a takeover did to the series of ticks. */
export interface Continuity {
  /** Ticks between the first and the last that nobody has sent. */
  readonly missing: number;
  /** Ticks that both leaders have sent: the ingest API keeps the first. */
  readonly sentTwice: number;
  /** Reports of the old leader after the first of the new one: the ingest API refuses them for their token. */
  readonly ofTheDeposed: number;
}

/** Looks at the reports that came from the last one before the fault on. */
export function continuityOf(
  received: readonly Received[],
  { old, tickMs }: { old: string; tickMs: number },
): Continuity {
  const ticks = new Set(received.map(({ tick }) => tick));
  const expected = ticks.size === 0 ? 0 : (Math.max(...ticks) - Math.min(...ticks)) / tickMs + 1;
  const successor = received.findIndex(({ leader }) => leader !== old);
  const later = successor < 0 ? [] : received.slice(successor);
  return {
    missing: expected - ticks.size,
    sentTwice: received.length - ticks.size,
    ofTheDeposed: later.filter(({ leader }) => leader === old).length,
  };
}
