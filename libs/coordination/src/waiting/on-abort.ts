import { type Disposer, disposer } from './disposer.js';

interface Hub {
  readonly listeners: Set<() => void>;
  readonly fire: () => void;
}

const hubs = new WeakMap<AbortSignal, Hub>();

/**
 * Calls the listener when the signal aborts, at once if it has already. However many waits share a signal, it has one
 * event listener: thousands of them would be costly, and Node would warn of a leak.
 */
export function onAbort(signal: AbortSignal, listener: () => void): Disposer {
  if (signal.aborted) {
    listener();
    return disposer(() => {});
  }
  const hub = hubs.get(signal) ?? newHub(signal);
  const entry = () => {
    listener();
  };
  hub.listeners.add(entry);
  return disposer(() => {
    hub.listeners.delete(entry);
    if (hub.listeners.size > 0 || hubs.get(signal) !== hub) return;
    hubs.delete(signal);
    signal.removeEventListener('abort', hub.fire);
  });
}

function newHub(signal: AbortSignal): Hub {
  const listeners = new Set<() => void>();
  const hub: Hub = {
    listeners,
    fire: () => {
      hubs.delete(signal);
      for (const listener of [...listeners]) {
        // One that an earlier listener took back is not called any more.
        if (listeners.delete(listener)) listener();
      }
    },
  };
  hubs.set(signal, hub);
  signal.addEventListener('abort', hub.fire, { once: true });
  return hub;
}
