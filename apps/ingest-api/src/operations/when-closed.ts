import { type FastifyInstance, type FastifyReply } from 'fastify';

declare module 'fastify' {
  interface FastifyReply {
    /** See {@link whenClosed}. */
    closeActions: (() => void)[] | undefined;
  }
}

/** Lets {@link whenClosed} be used in an app. */
export function callWhenClosed(app: FastifyInstance): void {
  app.decorateReply('closeActions', undefined);
}

/**
 * Calls `action` when the answer is sent, or the client has gone away before it. One listener of the response's `close`
 * serves all actions of a request: one for each costs more than most of what they do.
 */
export function whenClosed(reply: FastifyReply, action: () => void): void {
  if (reply.closeActions !== undefined) {
    reply.closeActions.push(action);
    return;
  }
  const actions = [action];
  reply.closeActions = actions;
  reply.raw.once('close', () => {
    for (const each of actions) each();
  });
}
