import { createHash, timingSafeEqual } from 'node:crypto';
import { type FastifyRequest } from 'fastify';

/** Compares secrets in a time that does not depend on where they differ, nor on their lengths. */
export function secretsEqual(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** The token of `Authorization: Bearer …` (RFC 6750), if there is one. */
export function bearerTokenOf(request: FastifyRequest): string | undefined {
  return /^Bearer +([\x21-\x7e]+)$/i.exec(request.headers.authorization ?? '')?.[1];
}
