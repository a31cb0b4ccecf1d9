import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import cookie from '@fastify/cookie';
import csrfProtection from '@fastify/csrf-protection';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type AccessControl } from '../access/access-control.js';
import { type Scope } from '../access/api-key.js';
import { type Caller, type KeyRing, mayDo } from '../access/key-ring.js';
import { tooManyRequests } from '../errors/http-problem.js';
import { bearerTokenOf, secretsEqual } from './bearer-token.js';

const SESSION_COOKIE = 'atalaya_session';
const CSRF_COOKIE = 'atalaya_csrf';
const SESSION_MS = 30 * 24 * 3_600_000;

/** Wrong tokens that one client may send to the forms in a minute. */
const MAX_WRONG_TOKENS_PER_MINUTE = 10;

/** Digits of a key's hash that name it in a cookie. */
const KEY_ID_LENGTH = 16;

const COOKIE_OPTIONS = { path: '/', httpOnly: true, sameSite: 'lax', secure: 'auto' } as const;

export interface PageSessionOptions {
  keys: KeyRing;
  access: AccessControl;
  ingestToken: string | undefined;
  /** What cookies are signed with, the same at every replica; by default it comes from the token. */
  sessionSecret?: string | undefined;
  now?: () => number;
}

/**
 * Who may use the pages and their forms. Where a key (or the token) is needed it is asked for once; a signed cookie
 * then stands for it, for 30 days, or until the key ends or the visitor logs out. The secret of the signature comes from
 * the token, or from `SESSION_SECRET`, so that every replica knows it; without either it is random, and sessions are good at
 * this process only. Forms are protected against forgery by other sites (CSRF) whether or not a key is needed.
 */
export class PageSessions {
  readonly #app: FastifyInstance;
  readonly #keys: KeyRing;
  readonly #access: AccessControl;
  readonly #secret: Buffer;
  readonly #now: () => number;
  readonly #wrongTokens: ReturnType<FastifyInstance['createRateLimit']>;

  private constructor(app: FastifyInstance, secret: Buffer, options: PageSessionOptions) {
    this.#app = app;
    this.#keys = options.keys;
    this.#access = options.access;
    this.#secret = secret;
    this.#now = options.now ?? Date.now;
    this.#wrongTokens = app.createRateLimit({ max: MAX_WRONG_TOKENS_PER_MINUTE, timeWindow: 60_000 });
  }

  /** Needs `@fastify/rate-limit` to be registered. */
  static async register(app: FastifyInstance, options: PageSessionOptions): Promise<PageSessions> {
    const shared = options.sessionSecret ?? options.ingestToken;
    const secret =
      shared === undefined
        ? randomBytes(32)
        : Buffer.from(hkdfSync('sha256', shared, '', 'atalaya page cookies', 32));
    await app.register(cookie, { secret });
    await app.register(csrfProtection, {
      cookieKey: CSRF_COOKIE,
      // Without a shared secret there is none that all replicas know; the cookie itself is the visitor's either way.
      cookieOpts: { ...COOKIE_OPTIONS, signed: shared !== undefined },
      getToken: (request) => textField(request, '_csrf'),
      logLevel: 'debug',
    });
    return new PageSessions(app, secret, options);
  }

  /** Whether a form that needs this scope has to ask for the token. */
  asksForToken(request: FastifyRequest, scope: Scope = 'write'): boolean {
    if (!this.#keys.isNeeded) return false;
    const caller = this.callerOf(request);
    return caller === undefined || !mayDo(caller, scope);
  }

  /** Whom the pages name as their visitor: the key of the session, if any; undefined where no key is needed at all. */
  visitorOf(request: FastifyRequest): { readonly name: string | undefined } | undefined {
    return this.#keys.isNeeded ? { name: this.callerOf(request)?.name } : undefined;
  }

  /** The key that a request's session stands for, while both are good. */
  callerOf(request: FastifyRequest): Caller | undefined {
    const [id = '', expires = '', signature = '', ...rest] = (request.cookies[SESSION_COOKIE] ?? '').split(
      '.',
    );
    if (rest.length > 0 || id.length !== KEY_ID_LENGTH || !(Number(expires) > this.#now())) return undefined;
    const caller = this.#keys.findByHashPrefix(id);
    if (caller === undefined) return undefined;
    return secretsEqual(signature, this.#sign(caller, expires)) ? caller : undefined;
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
   * Lets a parsed form pass that is from somebody who may do this: with a session, with the token in the form's field
   * `token` (which begins a session), or with a bearer token.
   *
   * @throws {@link HttpProblem} 401, 403, or 429 after too many wrong tokens
   */
  async authorize(request: FastifyRequest, reply: FastifyReply, scope: Scope = 'write'): Promise<void> {
    if (!this.#keys.isNeeded) return;
    const bearerToken = bearerTokenOf(request);
    if (bearerToken !== undefined) {
      this.#access.admit(request, await this.#check(request, bearerToken), scope);
      return;
    }
    const token = textField(request, 'token');
    const session = this.callerOf(request);
    if (session !== undefined && token === '') {
      this.#access.admit(request, session, scope);
      return;
    }
    const caller = await this.#check(request, token);
    this.#access.admit(request, caller, scope);
    this.#begin(reply, caller);
  }

  /** Begins a session for the token in the form's field. @throws {@link HttpProblem} 401, 429 */
  async signIn(request: FastifyRequest, reply: FastifyReply): Promise<Caller> {
    const caller = await this.#check(request, textField(request, 'token'));
    this.#begin(reply, caller);
    return caller;
  }

  /** Ends the session in the visitor's browser. */
  signOut(reply: FastifyReply): void {
    reply.clearCookie(SESSION_COOKIE, COOKIE_OPTIONS);
  }

  #begin(reply: FastifyReply, caller: Caller): void {
    const end = Math.min(this.#now() + SESSION_MS, caller.expiresAt);
    const expires = String(end);
    const value = `${caller.sha256.slice(0, KEY_ID_LENGTH)}.${expires}.${this.#sign(caller, expires)}`;
    reply.setCookie(SESSION_COOKIE, value, { ...COOKIE_OPTIONS, expires: new Date(end) });
  }

  /** Bound to the whole key, so that a session ends with it. */
  #sign(caller: Caller, expires: string): string {
    return createHmac('sha256', this.#secret).update(`${caller.sha256}.${expires}`).digest('base64url');
  }

  async #check(request: FastifyRequest, given: string): Promise<Caller> {
    const attempts = await this.#wrongTokens(request, { increment: false });
    if (!attempts.isAllowed && attempts.remaining === 0) {
      throw tooManyRequests('Too many wrong tokens.', Math.max(1, attempts.ttlInSeconds));
    }
    const caller = this.#keys.find(given);
    if (caller !== undefined) return caller;
    await this.#wrongTokens(request);
    throw this.#access.unauthorized(
      request,
      given === '' ? 'The token of this server is needed.' : 'The token is not right.',
      '',
    );
  }
}

function textField(request: FastifyRequest, name: string): string {
  const value = (request.body as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  return typeof value === 'string' ? value : '';
}
