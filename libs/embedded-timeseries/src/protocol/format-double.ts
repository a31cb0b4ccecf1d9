const SCIENTIFIC_FROM = 2 ** 56;
const SHORT_INTEGERS_BELOW = 2 ** 52;

/**
 * A double as RedisTimeSeries prints it in RESP2: the shortest digits that read back as the same double, plain from 1
 * up to 17 digits (`79.5`, `1000`), else scientific with a bare exponent (`1E-1`, `1.5E21`).
 */
export function formatSampleValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const magnitude = Math.abs(value);
  if (magnitude === Infinity) return value > 0 ? 'Infinity' : '-Infinity';
  if (magnitude >= 1 && magnitude < SHORT_INTEGERS_BELOW) return String(value);
  // From 2^52 on, its digit generator stops one decimal earlier where a trailing zero allows it; then it is scientific.
  if (magnitude >= 1 && magnitude < SCIENTIFIC_FROM) {
    const plain = String(value);
    if (!plain.endsWith('0')) return plain;
  }
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  return `${digits}E${exponent.startsWith('+') ? exponent.slice(1) : exponent}`;
}

/** A double as Redis prints it (RESP3 doubles, and scores in RESP2): `inf`, `-inf`, `nan`, else its shortest digits. */
export function formatDouble(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (value === Infinity) return 'inf';
  if (value === -Infinity) return '-inf';
  return Object.is(value, -0) ? '-0' : String(value);
}
