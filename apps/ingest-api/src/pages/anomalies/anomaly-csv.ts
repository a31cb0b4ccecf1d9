import { type Anomaly } from '@atalaya/contracts';

const HEADER = 'timestamp_ms,time_utc,series,value,expected_min,expected_max,score,method';

/** Anomalies as CSV (RFC 4180), oldest first; the mean's series is empty. */
export function anomalyCsv(anomalies: readonly Anomaly[]): string {
  const lines = anomalies.map(({ timestamp, sensor, value, expected, score, method }) =>
    [
      ...[timestamp, new Date(timestamp).toISOString(), field(sensor ?? ''), value],
      ...[expected.min, expected.max, score, method],
    ].join(','),
  );
  return `${[HEADER, ...lines].join('\r\n')}\r\n`;
}

/** Quoted where needed; what a spreadsheet would take for a formula is led by an apostrophe. */
function field(text: string): string {
  const safe = /^[=+\-@\t]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
