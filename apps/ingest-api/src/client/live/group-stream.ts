import { type GroupStatus, type Measurement } from '@atalaya/contracts';
import { texts } from '../texts.js';

/** Wait after an error answer, which a browser does not try again by itself. */
const RETRY_MS = 5_000;

/** What becomes of the events of a group. */
export interface GroupListener {
  /** The stream is connected, for the first time or again. */
  connected(): void;
  measured(timestamp: number): void;
  statusChanged(status: GroupStatus): void;
  cleared(): void;
  /** Takes whom to call with the status of a failed reading of the page, and with undefined after a good one. */
  refreshFailed(tell: (status: number | undefined) => void): void;
}

/** Follows a group's events, and says on the page whether they come. */
export function followGroup(group: string, listener: GroupListener): void {
  const sign = document.getElementById('connection');
  const way: { connected: boolean; storeAway: boolean; failed: number | undefined } = {
    ...{ connected: false, storeAway: false, failed: undefined },
  };
  const show = (): void => {
    if (sign === null) return;
    const { connected, storeAway, failed } = way;
    let state: 'live' | 'not-live' | 'store-away' = 'live';
    if (!connected || (failed !== undefined && failed !== 503)) state = 'not-live';
    else if (storeAway || failed === 503) state = 'store-away';
    // Set only when it changes: a screen reader says it each time.
    if (sign.className === state) return;
    sign.className = state;
    sign.textContent = { live: texts.live, 'not-live': texts.notLive, 'store-away': texts.storeAway }[state];
  };
  const connect = (): void => {
    const stream = new EventSource(`/api/v1/stream?group=${encodeURIComponent(group)}`);
    stream.addEventListener('open', () => {
      way.connected = true;
      way.storeAway = false; // Where it is away, that is the first event.
      show();
      listener.connected();
    });
    stream.addEventListener('error', () => {
      way.connected = false;
      show();
      // The browser connects again by itself, except after an error answer.
      if (stream.readyState === EventSource.CLOSED) setTimeout(connect, RETRY_MS);
    });
    stream.addEventListener('store', (event: MessageEvent<string>) => {
      way.storeAway = !(JSON.parse(event.data) as { available: boolean }).available;
      show();
      if (!way.storeAway) listener.connected();
    });
    stream.addEventListener('measurement', (event: MessageEvent<string>) => {
      listener.measured((JSON.parse(event.data) as Measurement).timestamp);
    });
    stream.addEventListener('status', (event: MessageEvent<string>) => {
      listener.statusChanged(JSON.parse(event.data) as GroupStatus);
    });
    stream.addEventListener('cleared', () => {
      listener.cleared();
    });
  };
  listener.refreshFailed((status) => {
    way.failed = status;
    show();
  });
  connect();
}
