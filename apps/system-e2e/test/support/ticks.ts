import { type Measurement } from '@atalaya/contracts';

/** The ticks between the first and the last measurement that have none. */
export function missingTicks(measurements: readonly Measurement[], intervalMs: number): number[] {
  const present = new Set(measurements.map(({ timestamp }) => timestamp));
  const first = measurements[0]?.timestamp ?? 0;
  const last = measurements.at(-1)?.timestamp ?? 0;
  const missing: number[] = [];
  for (let tick = first; tick <= last; tick += intervalMs) if (!present.has(tick)) missing.push(tick);
  return missing;
}
