import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { type Refusals } from '../admission/refusals.js';
import { type AuditLog } from '../audit/audit-log.js';
import { HttpProblem } from '../errors/http-problem.js';
import { bearerTokenOf } from '../security/bearer-token.js';
import { type Scope } from './api-key.js';
import { type Caller, type KeyRing, mayDo } from './key-ring.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The key that a request came with, once it is checked; undefined where none was needed. */
    caller: Caller | undefined;
  }
  interface FastifyContextConfig {
    /** `open`: needs no key where reads do; `write`: a GET that is guarded as a write. */
    access?: 'open' | 'write';
    /** The answer is of all groups that the caller may read: the route leaves out the others. */
    leavesOutGroups?: boolean;
  }
}

export interface AccessControlOptions {
  keys: KeyRing;
  /** Whether reads need no key. */
  anonymousReads: boolean;
  refusals: Refusals;
  audit: AuditLog;
}

/** Who may do what. Needs to be made before the routes. */
export class AccessControl {
  readonly #options: AccessControlOptions;

  constructor(app: FastifyInstance, options: AccessControlOptions) {
    this.#options = options;
    app.decorateRequest('caller', undefined);
    // After everything about a request is known to be valid: the group that it names.
    app.addHook('preHandler', (request, _reply, done) => {
      const { caller } = request;
      if (caller?.groups === undefined || request.routeOptions.config.leavesOutGroups === true) {
        done();
        return;
      }
      const group = groupOf(request);
      const isAllowed = group === undefined ? isListOfReports(request) : caller.groups.includes(group);
      done(isAllowed ? undefined : this.#forbidden(request, caller, `the group ${group ?? '(all of them)'}`));
    });
  }

  get isOpenForReads(): boolean {
    return this.#options.anonymousReads;
  }

  /**
   * Lets a request pass whose bearer token is a key with this scope; anybody where no key is set.
   *
   * @throws {@link HttpProblem} 401, 403
   */
  requireKey(request: FastifyRequest, scope: Scope): void {
    if (!this.#options.keys.isNeeded) return;
    const given = bearerTokenOf(request);
    if (given === undefined) {
      throw this.unauthorized(request, `This needs the header Authorization: Bearer <token>.`, '');
    }
    const caller = this.#options.keys.find(given);
    if (caller === undefined) {
      throw this.unauthorized(
        request,
        'The token is not right, or is not good any more.',
        ', error="invalid_token"',
      );
    }
    this.admit(request, caller, scope);
  }

  /** Lets a request pass that is known to be a key's, if the key has the scope. @throws {@link HttpProblem} 403 */
  admit(request: FastifyRequest, caller: Caller, scope: Scope): void {
    if (!mayDo(caller, scope)) throw this.#forbidden(request, caller, `the scope ${scope}`);
    request.caller = caller;
  }

  unauthorized(request: FastifyRequest, detail: string, parameter: string): HttpProblem {
    const { refusals, audit } = this.#options;
    refusals.count('key', request.ip);
    audit.record({ event: 'key-refused', address: request.ip, route: routeOf(request), reason: detail });
    return new HttpProblem({
      status: 401,
      detail,
      headers: { 'www-authenticate': `Bearer realm="atalaya"${parameter}` },
    });
  }

  #forbidden(request: FastifyRequest, caller: Caller, what: string): HttpProblem {
    const { refusals, audit } = this.#options;
    refusals.count('scope', request.ip);
    audit.record({
      event: 'key-refused',
      key: caller.name,
      address: request.ip,
      route: routeOf(request),
      reason: `not for ${what}`,
    });
    return new HttpProblem({
      status: 403,
      type: 'key-not-sufficient',
      detail: `The key ${caller.name} is not for ${what}.`,
    });
  }
}

/** A batch checks each of its reports. */
function isListOfReports(request: FastifyRequest): boolean {
  return (
    request.method === 'POST' &&
    typeof request.body === 'object' &&
    request.body !== null &&
    'reports' in request.body
  );
}

/**
 * The group that a request names, in its body or its query, defaults filled in. A part that the route has no schema for
 * is not read by it, so that what stands there says nothing about the answer.
 */
function groupOf(request: FastifyRequest): string | undefined {
  const { schema } = request.routeOptions;
  const parts = [
    schema?.body === undefined ? undefined : request.body,
    schema?.querystring === undefined ? undefined : request.query,
    schema?.params === undefined ? undefined : request.params,
  ];
  for (const part of parts) {
    const group = (part as Readonly<Record<string, unknown>> | null | undefined)?.group;
    if (typeof group === 'string') return group;
  }
  return undefined;
}

export function routeOf(request: FastifyRequest): string {
  return `${request.method} ${request.routeOptions.url ?? 'unmatched'}`;
}
