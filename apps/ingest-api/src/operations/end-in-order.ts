import { type FastifyReply } from 'fastify';
import { isHalfSent } from '../admission/late-bodies.js';
import { type App } from '../app-types.js';
import { type HttpProblem, unavailable } from '../errors/http-problem.js';
import { SlotSet } from '../memory/slot-set.js';
import { type StreamHub } from '../stream/stream-hub.js';
import { whenClosed } from './when-closed.js';

/** Time for bodies that are on their way to arrive, in ms. */
const BODY_GRACE_MS = 500;

/** How often a closing app looks whether its last request is answered, in ms. */
const LOOK_INTERVAL_MS = 20;

/**
 * While the app is closing, streams end, requests under way are answered, and new ones on open connections are sent
 * elsewhere; one whose body has not arrived after half a second is, too. Then all connections are closed: one that a client opened ahead of a request counts as busy for Node and
 * would hold up the end.
 */
export function endInOrder(app: App, hub: Pick<StreamHub, 'close'>): void {
  let closing = false;
  const underWay = new SlotSet<FastifyReply>();
  const ending = (): HttpProblem => unavailable('This server is ending.', { retryAfterSeconds: 1 });
  app.addHook('onRequest', (_request, reply, done) => {
    whenClosed(reply, underWay.add(reply));
    if (!closing) {
      done();
      return;
    }
    void reply.header('connection', 'close');
    done(ending());
  });
  const endHalfSent = (): void => {
    for (const reply of underWay) {
      if (!isHalfSent(reply.request)) continue;
      if (reply.sent) reply.request.raw.destroy();
      else void reply.header('connection', 'close').send(ending());
    }
  };
  app.addHook('preClose', (done) => {
    closing = true;
    hub.close();
    if (app.server.listening) {
      const look = setInterval(() => {
        if (underWay.size === 0) app.server.closeAllConnections();
        else if (performance.now() > graceEnd) endHalfSent();
      }, LOOK_INTERVAL_MS);
      const graceEnd = performance.now() + BODY_GRACE_MS;
      app.server.once('close', () => {
        clearInterval(look);
      });
    }
    done();
  });
}
