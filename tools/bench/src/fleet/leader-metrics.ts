/** Sums and counts of the leader's histograms, over all groups. */
export interface Totals {
  readonly readSeconds: number;
  readonly reads: number;
  readonly sendSeconds: number;
  readonly sends: number;
}

/** Takes the totals out of metrics in Prometheus' text format. */
export function totals(text: string): Totals {
  const sum = (name: string): number => {
    const lines = text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)`, 'gm'));
    return [...lines].reduce((total, [, value]) => total + Number(value), 0);
  };
  return {
    readSeconds: sum('atalaya_read_duration_seconds_sum'),
    reads: sum('atalaya_read_duration_seconds_count'),
    sendSeconds: sum('atalaya_send_duration_seconds_sum'),
    sends: sum('atalaya_send_duration_seconds_count'),
  };
}

/** Mean durations of what happened between two of them, in ms; NaN where nothing did. */
export function meansSince(begin: Totals, end: Totals): { readMs: number; sendMs: number } {
  return {
    readMs: ((end.readSeconds - begin.readSeconds) / (end.reads - begin.reads)) * 1_000,
    sendMs: ((end.sendSeconds - begin.sendSeconds) / (end.sends - begin.sends)) * 1_000,
  };
}

/** Mean duration of a read and the delivery of its report, in ms; undefined where not as many were delivered as were read. */
export function wholeTickSince(begin: Totals, end: Totals): number | undefined {
  const [reads, sends] = [end.reads - begin.reads, end.sends - begin.sends];
  if (reads === 0 || reads !== sends) return undefined;
  const { readMs, sendMs } = meansSince(begin, end);
  return readMs + sendMs;
}
