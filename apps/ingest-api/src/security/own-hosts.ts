import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { type FastifyInstance } from 'fastify';
import { type Refusals } from '../admission/refusals.js';
import { HttpProblem } from '../errors/http-problem.js';

/** `host`, `host:port`, `[address]:port`. */
const HOST = /^(\[[0-9a-f:.]+\]|[^\s:/\\@?#[\]]+)(?::(\d{1,5}))?$/i;

/** A `Host` or the host of an origin, taken apart; undefined for what is none. */
export function parseHost(text: string): { name: string; port: string | undefined } | undefined {
  const match = HOST.exec(text);
  if (match?.[1] === undefined) return undefined;
  const name = match[1].toLowerCase().replace(/^\[|\]$/g, '');
  return { name: name.replace(/\.$/, ''), port: match[2] };
}

/**
 * The host names that this server answers to. A page of another site can get a browser to ask this server under that
 * site's name (DNS rebinding), and would be taken for a page of this one; it can do so under no name that it does not
 * own. Own are: addresses and names without a dot (nobody can register those), `localhost`, the name of this machine,
 * and those that are listed.
 */
export class OwnHosts {
  readonly #listed: readonly string[];
  readonly #machine = hostname().toLowerCase();

  /** Names, `.example.org` for all names below it, or `*` for any. */
  constructor(listed: readonly string[] = []) {
    this.#listed = listed.map((name) => name.toLowerCase());
  }

  /** Whether the name of a host (without its port) is one of this server's. */
  isOwn(name: string): boolean {
    if (isIP(name) !== 0 || !name.includes('.')) return true;
    if (name.endsWith('.localhost') || name === this.#machine) return true;
    return this.#listed.includes('*') || this.isListed(name);
  }

  /** Whether a name is listed, alone or with others. */
  isListed(name: string): boolean {
    return this.#listed.some((entry) => (entry.startsWith('.') ? name.endsWith(entry) : name === entry));
  }
}

/** Answers requests under other host names 421, and those of HTTP/1.1 without any 400. */
export function answerOwnHostsOnly(app: FastifyInstance, hosts: OwnHosts, refusals: Refusals): void {
  app.addHook('onRequest', (request, _reply, done) => {
    // Behind a proxy that is trusted, the name that it was asked under. The type leaves out that there may be none.
    const given = request.host as string | undefined;
    if (given === undefined || given === '') {
      // Browsers always send one; checks of load balancers in HTTP/1.0 do not.
      const isOld = request.raw.httpVersion === '1.0';
      done(isOld ? undefined : new HttpProblem({ status: 400, detail: 'The header Host is missing.' }));
      return;
    }
    const host = parseHost(given);
    if (host !== undefined && hosts.isOwn(host.name)) {
      done();
      return;
    }
    refusals.count('host', request.ip);
    const name = (host?.name ?? given).slice(0, 200);
    done(
      new HttpProblem({
        status: 421,
        type: 'foreign-host',
        detail: `This server does not answer to the host name ${name}. If it is one of its own, add it to ALLOWED_HOSTS.`,
      }),
    );
  });
}
