// Health check of the containers. It passes for the first time when the service is ready, so that an update does not go
// on before the new task can do its work; from then on it asks only whether the process answers, because a container
// must not be killed for an outage of what it depends on.
import { existsSync, writeFileSync } from 'node:fs';

const port = process.env.HEALTH_PORT ?? process.env.PORT ?? '4000';
const marker = process.env.HEALTH_MARKER ?? '/tmp/was-ready';
const wasReady = existsSync(marker);

try {
  const response = await fetch(`http://127.0.0.1:${port}${wasReady ? '/healthz' : '/readyz'}`, {
    signal: AbortSignal.timeout(25_000),
  });
  if (!response.ok) throw new Error(`${response.status}: ${(await response.text()).trim()}`);
  if (!wasReady) writeFileSync(marker, '');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
