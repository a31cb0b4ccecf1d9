import compress from '@fastify/compress';
import { type FastifyInstance } from 'fastify';
import { isCrossSite } from '../security/cross-site.js';
import { type OwnHosts } from '../security/own-hosts.js';

/** What is compressed by the build already. */
const BUILT = /^\/assets(\/|$)/;

/**
 * Compresses what the routes that are registered after it answer to `GET`, for clients that take it: pages, JSON and
 * other texts of at least 1 KiB, not event streams.
 *
 * The length of a compressed answer says something of its content to whoever sees the connection and can put texts of his
 * own into it (the attack BREACH). So nothing is compressed that a page of another site may have asked for; and the one
 * secret in the pages, the token of their forms, is masked with a salt that each page has of its own.
 */
export async function compressReads(app: FastifyInstance, hosts: OwnHosts): Promise<void> {
  app.addHook('onRoute', (route) => {
    const isRead = route.method === 'GET' && route.config?.endless !== true && !BUILT.test(route.url);
    route.compress = isRead && {};
  });
  app.addHook('onRequest', (request, _reply, done) => {
    const { headers, method } = request;
    // The plugin's own way to be asked for none.
    if (method === 'GET' && isCrossSite(request, hosts)) headers['x-no-compression'] = 'cross-site';
    done();
  });
  // Every Node.js version that the app runs on has both.
  await app.register(compress, { global: false, encodings: ['br', 'gzip'] });
}
