import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { messageOf } from '../errors/message-of.js';
import { StartupError } from '../service/startup-error.js';
import type { HealthRegistry } from './health-registry.js';

export interface HealthServerOptions {
  /** Address to listen on; all interfaces by default, so that an orchestrator can reach it. */
  host?: string;
  port: number;
  health: HealthRegistry;
  metrics: Registry;
}

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves `/healthz` (the process lives), `/readyz` (every readiness check passes, else 503) and `/metrics`
 * (Prometheus text).
 *
 * @throws {@link StartupError} when the port cannot be listened on
 */
export async function startHealthServer(options: HealthServerOptions): Promise<HealthServer> {
  const { host = '0.0.0.0', port, health, metrics } = options;
  const server = createServer((request, response) => {
    void answer(request, response, health, metrics).catch((error: unknown) => {
      send(response, 500, 'text/plain', messageOf(error));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new StartupError(
          `cannot serve health on ${host}:${port} (${error.code ?? error.message}); set HEALTH_PORT to a free port`,
          { cause: error },
        ),
      );
    });
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  health: HealthRegistry,
  metrics: Registry,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    send(response, 405, 'text/plain', 'only GET is answered here\n');
    return;
  }
  switch (request.url?.split('?')[0]) {
    case '/healthz':
      send(response, 200, 'application/json', '{"status":"ok"}\n');
      return;
    case '/readyz': {
      const report = await health.report();
      send(response, report.ready ? 200 : 503, 'application/json', `${JSON.stringify(report)}\n`);
      return;
    }
    case '/metrics':
      send(response, 200, metrics.contentType, await metrics.metrics());
      return;
    default:
      send(response, 404, 'text/plain', 'not found: /healthz, /readyz and /metrics are served here\n');
  }
}

function send(response: ServerResponse, status: number, contentType: string, body: string): void {
  response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' });
  response.end(body);
}
