/** A stored tick, as somebody who watches the stream sees it. */
export interface Arrival {
  /** The tick in ms. */
  readonly tick: number;
  /** From the tick to its arrival, in ms. */
  readonly latenessMs: number;
}

/** Collects the measurements of a group on an API's stream until the signal aborts. */
export async function watchArrivals(
  url: string,
  group: string,
  arrivals: Arrival[],
  signal: AbortSignal,
): Promise<void> {
  const response = await fetch(`${url}/api/v1/stream?group=${group}`, { signal });
  if (!response.ok || response.body === null) throw new Error(`the stream answers ${response.status}`);
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    const frames = text.split('\n\n');
    text = frames.pop() ?? '';
    for (const frame of frames) {
      const data = /^event: measurement$/m.test(frame) ? /^data: (.*)$/m.exec(frame)?.[1] : undefined;
      if (data === undefined) continue;
      const { timestamp } = JSON.parse(data) as { timestamp: number };
      arrivals.push({ tick: timestamp, latenessMs: Date.now() - timestamp });
    }
  }
}

/** How many ticks between the first and the last of them have not arrived. */
export function missingTicks(arrivals: readonly Arrival[], tickMs: number): number {
  const ticks = new Set(arrivals.map(({ tick }) => tick));
  if (ticks.size === 0) return 0;
  return (Math.max(...ticks) - Math.min(...ticks)) / tickMs + 1 - ticks.size;
}

/**
 * How much later the ticks become, in ms a minute: the slope of the line through lateness over time with the least squares.
 * NaN for fewer than two ticks.
 */
export function driftMsPerMinute(arrivals: readonly Arrival[]): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const minutes = arrivals.map(({ tick }) => tick / 60_000);
  const [centre, late] = [mean(minutes), mean(arrivals.map(({ latenessMs }) => latenessMs))];
  const products = arrivals.map(
    ({ latenessMs }, index) => ((minutes[index] ?? 0) - centre) * (latenessMs - late),
  );
  const squares = minutes.map((minute) => (minute - centre) ** 2);
  return mean(products) / mean(squares);
}
