/** Id of an event: that of an entry of a Redis stream, `<ms>-<n>`. */
const EVENT_ID = /^(0|[1-9]\d{0,19})-(0|[1-9]\d{0,19})$/;

/** Whether a text is an event's id. What a client sends as `Last-Event-ID` can be anything. */
export function isEventId(text: string): boolean {
  return EVENT_ID.test(text);
}

/** Negative, zero or positive as `a` was issued before `b`, is the same, or after it. Both must be event ids. */
export function compareEventIds(a: string, b: string): number {
  const [aMs = '', aCount = ''] = a.split('-');
  const [bMs = '', bCount = ''] = b.split('-');
  return compareDecimals(aMs, bMs) || compareDecimals(aCount, bCount);
}

/** Decimal texts without leading zeros; they can be larger than a number holds exactly. */
function compareDecimals(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}
