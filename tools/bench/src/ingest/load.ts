import autocannon from 'autocannon';

export interface LoadOptions {
  url: string;
  path: string;
  connections: number;
  durationS: number;
  /** Body of the next request; without it GET requests are sent. */
  nextBody?: () => string;
}

/**
 * Sends POST or GET requests over kept connections, as many as the server answers.
 *
 * @throws when a request was not answered with a 2xx: such a run measures nothing
 */
export async function load(options: LoadOptions): Promise<Record<string, number>> {
  const { url, path, connections, durationS, nextBody } = options;
  const result = await autocannon({
    url,
    connections,
    duration: durationS,
    requests: [
      nextBody === undefined
        ? { method: 'GET', path }
        : {
            method: 'POST',
            path,
            headers: { 'content-type': 'application/json' },
            setupRequest: (request) => ({ ...request, body: nextBody() }),
          },
    ],
  });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${path}: ${result.non2xx} answers were no 2xx and ${result.errors} requests failed`);
  }
  return {
    requestsPerSecond: result['2xx'] / result.duration,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
  };
}
