import { type FastifyInstance } from 'fastify';
import { HttpProblem } from './http-problem.js';

/**
 * Answers 405 with `Allow` for the methods that a path does not have. Call {@link MethodRegister.close} when every
 * route is registered.
 */
export class MethodRegister {
  readonly #app: FastifyInstance;
  readonly #methodsByUrl = new Map<string, Set<string>>();
  #closed = false;

  constructor(app: FastifyInstance) {
    this.#app = app;
    app.addHook('onRoute', ({ url, method }) => {
      if (this.#closed) return;
      const methods = this.#methodsByUrl.get(url) ?? new Set();
      for (const name of [method].flat()) methods.add(name);
      this.#methodsByUrl.set(url, methods);
    });
  }

  close(): void {
    this.#closed = true;
    for (const [url, methods] of this.#methodsByUrl) {
      const others = this.#app.supportedMethods.filter((method) => !methods.has(method));
      const allow = [...methods].sort().join(', ');
      this.#app.route({
        method: others,
        url,
        schema: { hide: true },
        // Before the body is read: what it contains does not matter.
        onRequest: (request, _reply, done) => {
          done(
            new HttpProblem({
              status: 405,
              detail: `${request.method} is not possible here; ${allow} are.`,
              headers: { allow },
            }),
          );
        },
        handler: (_request, reply) => {
          reply.callNotFound();
        },
      });
    }
  }
}
