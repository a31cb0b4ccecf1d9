import { repeated } from '../connection/repeated.js';
import type { SessionKeeper } from '../connection/session-keeper.js';
import { Session } from '../connection/session.js';
import { WakeUp } from '../connection/wake-up.js';
import { CoordinationError } from '../errors/coordination-error.js';
import type { RecipeContext, RecipeSession } from './recipe-context.js';

/** What recipes outside see of a session keeper. */
export function contextOf(keeper: SessionKeeper): RecipeContext {
  return {
    get state() {
      return keeper.state;
    },
    logger: keeper.logger,
    meter: keeper.meter,
    retry: keeper.retry,
    closing: keeper.closing,
    onState: (listener) => keeper.onState(listener),
    session: ({ signal } = {}) => keeper.session(signal),
    usable: async (session, { signal } = {}) => {
      await keeper.usable(own(session), signal);
    },
    repeated: (operation, { signal } = {}) => repeated(keeper, signal, operation),
    wakeUp: (session) => new WakeUp(keeper, own(session)),
    beforeClose: (closer) => keeper.beforeClose(closer),
  };
}

function own(session: RecipeSession): Session {
  if (session instanceof Session) return session;
  throw new CoordinationError('INVALID_ARGUMENT', 'The session is not one that a recipe context has given');
}
