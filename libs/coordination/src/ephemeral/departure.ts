import type { SessionKeeper } from '../connection/session-keeper.js';
import { abortable } from '../waiting/abortable.js';

/**
 * Resolves when something has left, at once while there is no connection: the deletion then goes on in the background,
 * until the session is over at the latest.
 */
export async function departed(keeper: SessionKeeper, left: Promise<unknown>): Promise<void> {
  const cutOff = new AbortController();
  const check = () => {
    if (keeper.state !== 'connected') cutOff.abort();
  };
  using _unlisten = keeper.onState(check);
  check();
  await abortable(left, cutOff.signal).catch(() => {});
}
