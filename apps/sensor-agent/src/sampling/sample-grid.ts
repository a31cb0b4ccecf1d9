/**
 * The first instant after `nowMs` on the grid `startMs + k * intervalMs`: intervals do not add up the time that samples
 * take, and instants that have passed in the meantime are left out.
 */
export function nextOnGrid(startMs: number, intervalMs: number, nowMs: number): number {
  const passed = Math.floor((nowMs - startMs) / intervalMs);
  const next = startMs + (passed + 1) * intervalMs;
  // The division may round up to the instant itself.
  return next > nowMs ? next : next + intervalMs;
}
