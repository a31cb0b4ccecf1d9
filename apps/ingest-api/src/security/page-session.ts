import { hkdfSync, randomBytes } from 'node:crypto';
import cookie from '@fastify/cookie';
import csrfProtection from '@fastify/csrf-protection';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { HttpProblem, tooManyRequests } from '../errors/http-problem.js';
import { bearerTokenOf, secretsEqual } from './bearer-token.js';

const SESSION_COOKIE = 'atalaya_session';
const CSRF_COOKIE = 'atalaya_csrf';
const SESSION_MS = 30 * 24 * 3_600_000;

/** Wrong tokens that one client may send to the forms in a minute. */
const MAX_WRONG_TOKENS_PER_MINUTE = 10;

const COOKIE_OPTIONS = { path: '/', httpOnly: true, sameSite: 'lax', secure: 'auto' } as const;

/**
 * Who may use the forms of the pages. Where a token is set it is asked for once; a signed cookie then stands for it,
 * for 30 days or until the token changes. The key of its signature comes from the token, so that every replica knows
 * it. Forms are protected against forgery by other sites (CSRF) whether or not a token is set.
 */
export class PageSessions {
  readonly #app: FastifyInstance;
  readonly #ingestToken: string | undefined;
  readonly #now: () => number;
  readonly #wrongTokens: ReturnType<FastifyInstance['createRateLimit']>;

  private constructor(app: FastifyInstance, ingestToken: string | undefined, now: () => number) {
    this.#app = app;
    this.#ingestToken = ingestToken;
    this.#now = now;
    this.#wrongTokens = app.createRateLimit({ max: MAX_WRONG_TOKENS_PER_MINUTE, timeWindow: 60_000 });
  }

  /** Needs `@fastify/rate-limit` to be registered. */
  static async register(
    app: FastifyInstance,
    ingestToken: string | undefined,
    now: () => number = Date.now,
  ): Promise<PageSessions> {
    const secret =
      ingestToken === undefined
        ? randomBytes(32)
        : Buffer.from(hkdfSync('sha256', ingestToken, '', 'atalaya page cookies', 32));
    await app.register(cookie, { secret });
    await app.register(csrfProtection, {
      cookieKey: CSRF_COOKIE,
      // Without a token there is no key that all replicas share, and nothing but forgery to protect from.
      cookieOpts: { ...COOKIE_OPTIONS, signed: ingestToken !== undefined },
      getToken: (request) => textField(request, '_csrf'),
      logLevel: 'debug',
    });
    return new PageSessions(app, ingestToken, now);
  }

  /** Whether a form has to ask for the token. */
  asksForToken(request: FastifyRequest): boolean {
    return this.#ingestToken !== undefined && !this.#hasSession(request);
  }

  /**
   * Hook that lets a parsed form pass if it is from a page of this app, else answers 403. A request with a bearer
   * token is a program's: a browser sends none of itself.
   */
  requireOwnForm(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
    if (bearerTokenOf(request) === undefined) this.#app.csrfProtection(request, reply, done);
    else done();
  }

  /**
   * Lets a parsed form pass that is from somebody who may write: with a session, with the token in the form's field
   * `token` (which begins a session), or with a bearer token.
   *
   * @throws {@link HttpProblem} 401, or 429 after too many wrong tokens
   */
  async authorize(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (this.#ingestToken === undefined) return;
    const bearerToken = bearerTokenOf(request);
    if (bearerToken !== undefined) {
      await this.#checkToken(request, bearerToken, this.#ingestToken);
      return;
    }
    if (this.#hasSession(request)) return;
    await this.#checkToken(request, textField(request, 'token'), this.#ingestToken);
    const expires = new Date(this.#now() + SESSION_MS);
    reply.setCookie(SESSION_COOKIE, String(expires.getTime()), { ...COOKIE_OPTIONS, expires, signed: true });
  }

  #hasSession(request: FastifyRequest): boolean {
    const { valid, value } = request.unsignCookie(request.cookies[SESSION_COOKIE] ?? '');
    return valid && Number(value) > this.#now();
  }

  async #checkToken(request: FastifyRequest, given: string, expected: string): Promise<void> {
    const attempts = await this.#wrongTokens(request, { increment: false });
    if (!attempts.isAllowed && attempts.remaining === 0) {
      throw tooManyRequests('Too many wrong tokens.', Math.max(1, attempts.ttlInSeconds));
    }
    if (secretsEqual(given, expected)) return;
    await this.#wrongTokens(request);
    throw new HttpProblem({
      status: 401,
      detail: given === '' ? 'The token of this server is needed.' : 'The token is not right.',
      headers: { 'www-authenticate': 'Bearer realm="atalaya"' },
    });
  }
}

function textField(request: FastifyRequest, name: string): string {
  const value = (request.body as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  return typeof value === 'string' ? value : '';
}
