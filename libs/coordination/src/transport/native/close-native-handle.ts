import { isServersAnswer, OK } from '../result-codes.js';
import { CONNECTED, type NativeHandle } from './binding.js';

/**
 * Closes it when its server has answered, which takes milliseconds then; at once, in that very instant, when its
 * connection breaks: the event loop would go on polling the descriptor that is closed.
 */
export function closedAfterAnswer(handle: NativeHandle): Promise<void> {
  return new Promise((resolve) => {
    let closed = false;
    const close = () => {
      if (closed) return;
      closed = true;
      handle.emit = () => {};
      handle.close();
      resolve();
    };
    handle.emit = (event) => {
      if (event === 'connecting') close();
      else if (event === 'close') {
        // It has closed itself, at the end of its session.
        closed = true;
        resolve();
      }
    };
    const code = handle.a_exists('/', false, (result) => {
      // Out of the callback, whose session would outlive the close by up to a second.
      if (isServersAnswer(result)) setImmediate(close);
      else close();
    });
    if (code !== OK || handle.state !== CONNECTED) close();
  });
}
