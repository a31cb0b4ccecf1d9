/** No answer of a server holds the delivery up for longer. */
const MAX_RETRY_AFTER_MS = 300_000;

/**
 * The wait that a `Retry-After` header asks for (RFC 9110, section 10.2.3: seconds or a date), in ms, at most five
 * minutes; undefined for a missing or malformed one.
 */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  let waitMs: number;
  if (/^\d{1,10}$/.test(text)) waitMs = Number(text) * 1_000;
  // `Date.parse` alone takes nearly anything for a date.
  else if (/^[A-Z][a-z]{2},? /.test(text)) waitMs = Date.parse(text) - nowMs;
  else return undefined;
  if (Number.isNaN(waitMs)) return undefined;
  return Math.min(MAX_RETRY_AFTER_MS, Math.max(0, waitMs));
}
