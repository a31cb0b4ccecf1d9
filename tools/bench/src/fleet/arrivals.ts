/** A stored tick, as somebody who watches the stream sees it. */
export interface Arrival {
  /** The tick in ms. */
  readonly tick: number;
  /** From the tick to its arrival, in ms. */
  readonly latenessMs: number;
}

/** Collects the measurements of an API's stream until the signal aborts. */
export async function watchArrivals(url: string, arrivals: Arrival[], signal: AbortSignal): Promise<void> {
  const response = await fetch(`${url}/api/v1/stream`, { signal });
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
