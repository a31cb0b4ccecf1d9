import { type FastifyRequest } from 'fastify';
import { HttpProblem } from '../errors/http-problem.js';
import { bearerTokenOf } from './bearer-token.js';
import { type OwnHosts, parseHost } from './own-hosts.js';

/**
 * Whether a page of another site, or nobody knows whose, makes a browser send this request. Programs, and people who
 * type an address, are not refused:
 *
 * - a request with a bearer token is a program's: a browser adds none by itself, and lets no other site's page add one;
 * - else browsers say where it comes from (`Sec-Fetch-Site`, to HTTPS and loopback addresses), or at least whose page
 *   sends it (`Origin`; to plain HTTP with every method but GET and HEAD);
 * - a browser that says neither cannot be told from one that a page of another site uses.
 */
export function isCrossSite(request: FastifyRequest, hosts: OwnHosts): boolean {
  if (bearerTokenOf(request) !== undefined) return false;
  const { headers } = request;
  const site = headers['sec-fetch-site'];
  // `none`: the user typed the address or chose a bookmark.
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  if (headers.origin !== undefined) return !isOwnOrigin(headers.origin, request, hosts);
  if (headers.referer !== undefined && !isOwnOrigin(headers.referer, request, hosts)) return true;
  return headers['user-agent']?.startsWith('Mozilla/') === true && request.method === 'GET';
}

/** The answer to a request that {@link isCrossSite}. */
export function crossSiteProblem(): HttpProblem {
  return new HttpProblem({
    status: 403,
    type: 'cross-site',
    detail:
      'Pages of other sites may not write here, and this request is from a browser that does not say that it comes ' +
      'from a page of this server. Use the form of the page, or a program.',
  });
}

/** Whether an origin (or a URL of it) is this server's, under the name that the request came for or another own one. */
function isOwnOrigin(origin: string, request: FastifyRequest, hosts: OwnHosts): boolean {
  if (!URL.canParse(origin)) return false;
  const { host, protocol } = new URL(origin);
  const theirs = parseHost(host);
  const own = parseHost(request.host);
  if (theirs === undefined || own === undefined) return false;
  if (hosts.isListed(theirs.name)) return true;
  if (theirs.name !== own.name) return false;
  // Behind a proxy the port that it was asked at may not be known here.
  if (own.port === undefined) return true;
  return own.port === (theirs.port ?? (protocol === 'https:' ? '443' : '80'));
}
