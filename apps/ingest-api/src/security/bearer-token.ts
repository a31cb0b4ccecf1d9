import { createHash, timingSafeEqual } from 'node:crypto';
import { type FastifyRequest } from 'fastify';
import { HttpProblem } from '../errors/http-problem.js';

/** Compares secrets in a time that does not depend on where they differ, nor on their lengths. */
export function secretsEqual(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** The token of `Authorization: Bearer …` (RFC 6750), if there is one. */
export function bearerTokenOf(request: FastifyRequest): string | undefined {
  return /^Bearer +([\x21-\x7e]+)$/i.exec(request.headers.authorization ?? '')?.[1];
}

/** @throws {@link HttpProblem} 401 unless the request carries `expected`; anybody may write where none is set */
export function requireBearerToken(request: FastifyRequest, expected: string | undefined): void {
  if (expected === undefined) return;
  const given = bearerTokenOf(request);
  if (given === undefined) throw unauthorized('Writes need the header Authorization: Bearer <token>.', '');
  if (!secretsEqual(given, expected))
    throw unauthorized('The token is not right.', ', error="invalid_token"');
}

function unauthorized(detail: string, parameter: string): HttpProblem {
  return new HttpProblem({
    status: 401,
    detail,
    headers: { 'www-authenticate': `Bearer realm="atalaya"${parameter}` },
  });
}
