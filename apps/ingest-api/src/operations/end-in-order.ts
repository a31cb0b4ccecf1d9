import { type App } from '../app-types.js';
import { unavailable } from '../errors/http-problem.js';
import { type StreamHub } from '../stream/stream-hub.js';

/** How often a closing app looks whether its last request is answered, in ms. */
const LOOK_INTERVAL_MS = 20;

/**
 * While the app is closing, streams end, requests under way are answered, and new ones on open connections are sent
 * elsewhere. Then all connections are closed: one that a client opened ahead of a request counts as busy for Node and
 * would hold up the end.
 */
export function endInOrder(app: App, hub: Pick<StreamHub, 'close'>): void {
  let closing = false;
  let underWay = 0;
  app.addHook('onRequest', (_request, reply, done) => {
    underWay += 1;
    reply.raw.once('close', () => {
      underWay -= 1;
    });
    if (!closing) {
      done();
      return;
    }
    void reply.header('connection', 'close');
    done(unavailable('This server is ending.', { retryAfterSeconds: 1 }));
  });
  app.addHook('preClose', (done) => {
    closing = true;
    hub.close();
    if (app.server.listening) {
      const look = setInterval(() => {
        if (underWay === 0) app.server.closeAllConnections();
      }, LOOK_INTERVAL_MS);
      app.server.once('close', () => {
        clearInterval(look);
      });
    }
    done();
  });
}
