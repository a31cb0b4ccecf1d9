import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Service } from '../src/compose/compose-file.js';
import { SECRETS } from '../src/secrets/secrets.js';
import { parsed, PROJECT, VARIANTS } from './project.js';

const FILES = ['stack.yml', 'compose.yaml'] as const;
const services: [name: string, service: Service][] = VARIANTS.flatMap(([variant, options]) =>
  FILES.flatMap((file) =>
    Object.entries(parsed(file, options).services).map(
      ([name, service]) => [`${name} (${file}, ${variant})`, service] as [string, Service],
    ),
  ),
);
/** The picture of the swarm reads the engine's socket, which belongs to root; it is off unless asked for. */
const unprivileged = services.filter(([name]) => !name.startsWith('visualizer'));

describe.each(unprivileged)('%s', (_name, service) => {
  test('runs as a user that is not root', () => {
    expect(service.user).toMatch(/^[1-9]\d*:\d+$/);
  });

  test('does not reach the engine', () => {
    expect(JSON.stringify(service.volumes ?? [])).not.toContain('docker.sock');
    expect((service.volumes ?? []).filter(({ type }) => type === 'bind')).toEqual([]);
  });
});

describe.each(services)('%s', (_name, service) => {
  test('has no capabilities, no writable root, no privileges', () => {
    expect(service.read_only).toBe(true);
    expect(service.cap_drop).toEqual(['ALL']);
    expect(service).not.toHaveProperty('privileged');
    expect(service).not.toHaveProperty('cap_add');
  });

  test('names a version of its image', () => {
    expect(service.image).toMatch(/:[\w.-]+$/);
    expect(service.image).not.toMatch(/:latest$/);
  });

  test('is watched, bounded, restarted, and updated with a way back', () => {
    expect(service.healthcheck.test.length).toBeGreaterThan(1);
    expect(service.deploy.resources.limits).toEqual({
      cpus: expect.any(String) as string,
      memory: expect.any(String) as string,
      pids: expect.any(Number) as number,
    });
    expect(service.deploy.restart_policy.condition).toBe('any');
    expect(service.deploy.update_config.failure_action).toBe('rollback');
    expect(service.deploy.rollback_config.order).toBe(service.deploy.update_config.order);
    expect(service.logging.options).toEqual({ 'max-size': '10m', 'max-file': '3' });
    expect(service.init).toBe(true);
  });

  test('gets secrets as files, never in its environment or command line', () => {
    const mounted = (service.secrets ?? []).map(({ target }) => `/run/secrets/${target}`);
    const named = JSON.stringify([service.environment, service.command, service.healthcheck]).match(
      /\/run\/secrets\/\w+/g,
    );
    for (const path of named ?? []) expect(mounted).toContain(path);
    for (const variable of Object.keys(service.environment)) {
      expect(variable).not.toMatch(/(TOKEN|PASSWORD|SECRET|AUTH|REDIS_URL)$/);
    }
  });
});

describe('the stack', () => {
  const stack = parsed('stack.yml');

  test('publishes the API on 4000 and Grafana on 3000, nothing else', () => {
    const published = Object.entries(stack.services).flatMap(([name, { ports = [] }]) =>
      ports.map((port) => [name, port.published]),
    );
    expect(published).toEqual([
      ['ingest-api', 4000],
      ['grafana', 3000],
    ]);
  });

  test('has a way out only from the front network', () => {
    const open = Object.entries(stack.networks).filter(([, { internal }]) => internal !== true);
    expect(open.map(([name]) => name)).toEqual(['front']);
    const onFront = Object.entries(stack.services).filter(([, { networks }]) => 'front' in networks);
    expect(onFront.map(([name]) => name)).toEqual(['ingest-api', 'grafana']);
  });

  test('keeps Redis and ZooKeeper away from those that do not need them', () => {
    const on = (network: string) =>
      Object.entries(stack.services)
        .filter(([, { networks }]) => network in networks)
        .map(([name]) => name);
    expect(on('store')).toEqual(['redis', 'ingest-api', 'grafana']);
    expect(on('coordination')).toEqual([
      ...['zookeeper-1', 'zookeeper-2', 'zookeeper-3'],
      ...['leader-aggregator', 'sensor-agent'],
    ]);
  });

  test('never runs two servers on one volume', () => {
    for (const [name, service] of Object.entries(stack.services)) {
      if (service.volumes?.some(({ type }) => type === 'volume') !== true) continue;
      expect([name, service.deploy.replicas]).toEqual([name, 1]);
      expect([name, service.deploy.update_config.order]).toEqual([name, 'stop-first']);
    }
  });

  test('starts a new API task before it stops an old one', () => {
    expect(stack.services['ingest-api']!.deploy.update_config).toMatchObject({
      order: 'start-first',
      parallelism: 1,
    });
  });

  test('takes every secret from the swarm, under a name with its version', () => {
    expect(stack.secrets).toEqual(
      Object.fromEntries(SECRETS.map((secret) => [secret, { name: `atalaya_${secret}_v1`, external: true }])),
    );
  });

  test('gives sensors and candidates ids that stay with their slot', () => {
    expect(stack.services['sensor-agent']!.environment.INSTANCE_ID).toBe('sensor-{{.Task.Slot}}');
    expect(stack.services['leader-aggregator']!.environment.INSTANCE_ID).toBe('candidate-{{.Task.Slot}}');
  });
});

describe('the images', () => {
  const dockerfile = readFile(join(PROJECT, 'images/Dockerfile'), 'utf8');

  test('run as a number that is not root, the one of the stack', async () => {
    const users = (await dockerfile).match(/^USER .*$/gm);
    expect(users).toEqual([`USER ${parsed('stack.yml').services['sensor-agent']!.user}`]);
  });

  test('start from versions, not from whatever is newest', async () => {
    const bases = [...(await dockerfile).matchAll(/^ARG (NODE_\w+)=(.*)$/gm)].map(([, , image]) => image!);
    expect(bases).toHaveLength(2);
    for (const base of bases) expect(base).toMatch(/^node:\d+\.\d+\.\d+-[\w-]+$/);
  });
});
