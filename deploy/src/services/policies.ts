import {
  type Deployment,
  type HealthCheck,
  type Service,
  type UpdateConfig,
} from '../compose/compose-file.js';

/** What all services share: without root, capabilities or a writable root, with bounded logs. */
export const HARDENED = {
  read_only: true,
  cap_drop: ['ALL'],
  logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } },
} as const satisfies Pick<Service, 'read_only' | 'logging'> & { cap_drop: ['ALL'] };

/** A small scratch folder in memory, beside the read-only root. */
export function scratch(target: string, sizeMb: number) {
  return { type: 'tmpfs' as const, target, tmpfs: { size: sizeMb * 1024 * 1024 } };
}

/** Upper bounds on what one container takes, and what the scheduler sets aside for it on its node. */
export function resources(cpus: string, memory: { limit: string; usual: string }, pids: number) {
  return { limits: { cpus, memory: memory.limit, pids }, reservations: { memory: memory.usual } };
}

/** Restarted for as long as it takes: no service may stay down because it failed often. */
export const RESTART: Deployment['restart_policy'] = { condition: 'any', delay: '2s', window: '30s' };

/** How a service is updated and, when the new version does not become healthy, rolled back. */
export function rolling(
  order: UpdateConfig['order'],
  { delay = '5s', monitor = '30s' } = {},
): Pick<Deployment, 'update_config' | 'rollback_config'> {
  const steps = { parallelism: 1, order, delay, monitor };
  return { update_config: { ...steps, failure_action: 'rollback' }, rollback_config: steps };
}

/**
 * Probes often, so that an update goes on soon after a task is ready, and gives up slowly. A probe that is late on an
 * overloaded node says nothing about the container, and to restart them all there would take the node down for good: a
 * container is replaced after six probes in a row of half a minute each. Nothing waits for that: a hung sensor is left
 * out as stale, a hung leader loses its lease, and traffic goes past a hung API task by the candidates' retries.
 */
export function healthCheck(test: HealthCheck['test'], startPeriod: string): HealthCheck {
  return { test, ...PATIENCE, interval: '10s', start_period: startPeriod };
}

/** How long a probe may take, and how many in a row must fail. */
export const PATIENCE = { timeout: '30s', retries: 6 } as const;

/**
 * The variable RES_OPTIONS, for glibc. While a service has no task, Docker asks the hosts' name server for its name; where
 * none answers, a program would wait for 10 s, and be late when the task is back.
 */
export function resolverOptions({ attempts }: { attempts: number }): string {
  return `timeout:1 attempts:${attempts}`;
}
