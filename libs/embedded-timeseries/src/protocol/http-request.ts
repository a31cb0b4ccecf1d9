const REQUEST_TARGET = /^(?:\/|\*$|https?:\/\/)/i;
const HTTP_VERSION = /^HTTP\/\d/i;

/**
 * Whether a request is part of an HTTP request: somebody makes a browser or another HTTP client talk to this port, with
 * commands in headers or body. `POST` and `Host:` are what Redis takes for it; the request line is recognised too,
 * where it comes as a line, because headers of the sender's choice can stand before `Host:`.
 */
export function isHttpRequest(args: readonly string[], isLine: boolean): boolean {
  const name = args[0] ?? '';
  if (name.length === 4 && name.toUpperCase() === 'POST') return true;
  if (name.length === 5 && name.toUpperCase() === 'HOST:') return true;
  return (
    isLine && args.length === 3 && REQUEST_TARGET.test(args[1] ?? '') && HTTP_VERSION.test(args[2] ?? '')
  );
}
