import { type FastifyHelmetOptions } from '@fastify/helmet';

/** Nothing but what the app serves itself: no inline script or style, no frames, forms to itself alone. */
const CONTENT_SECURITY_POLICY = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'"],
  'connect-src': ["'self'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
  'base-uri': ["'none'"],
};

/** Headers of every answer. */
export const SECURITY_HEADERS: FastifyHelmetOptions = {
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
