import helmet, { type FastifyHelmetOptions } from '@fastify/helmet';
import { fastify, type FastifyInstance } from 'fastify';

/** Nothing but what the app serves itself: no inline script or style, no frames, forms to itself alone. */
const CONTENT_SECURITY_POLICY = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'"],
  'font-src': ["'self'"],
  'connect-src': ["'self'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
  'base-uri': ["'none'"],
};

/** What helmet is asked for. */
const HELMET_OPTIONS: FastifyHelmetOptions = {
  contentSecurityPolicy: { useDefaults: false, directives: CONTENT_SECURITY_POLICY },
  // The app speaks plain HTTP; whether a host is HTTPS only is for the proxy that ends TLS to say.
  strictTransportSecurity: false,
  // Browsers ignore these two over plain HTTP, with a complaint in the console.
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  referrerPolicy: { policy: 'same-origin' },
  frameguard: { action: 'deny' },
};

/** The viewer of the OpenAPI document sets styles from its script and shows images from data URLs. */
export const DOCS_CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

/** Sends helmet's headers with every answer; routes may replace them. */
export async function sendSecurityHeaders(app: FastifyInstance): Promise<void> {
  const headers = await helmetHeaders();
  app.addHook('onRequest', (_request, reply, done) => {
    void reply.headers(headers);
    done();
  });
}

/** The headers as helmet sets them. It would work out the same ones anew for each answer, in a tenth of a write's time. */
async function helmetHeaders(): Promise<Record<string, string>> {
  const probe = fastify();
  await probe.register(helmet, HELMET_OPTIONS);
  const headers: Record<string, string> = {};
  probe.get('/', (_request, reply) => {
    for (const [name, value] of Object.entries(reply.raw.getHeaders())) headers[name] = String(value);
    return reply.send('');
  });
  await probe.inject('/');
  await probe.close();
  return headers;
}
