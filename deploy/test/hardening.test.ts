import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SECRETS } from '../src/secrets/secrets.js';
import { parsed, PROJECT, VARIANTS } from './project.js';

const files = VARIANTS.flatMap(([variant, options]) =>
  (['stack.yml', 'compose.yaml'] as const).map((file) => [`${file}, ${variant}`, file, options] as const),
);
/** The picture of the swarm reads the engine's socket, which belongs to root; it is off unless asked for. */
const PRIVILEGED = ['visualizer'];

describe.each(files)('every service of %s', (_name, file, options) => {
  const services = Object.entries(parsed(file, options).services);
  const unprivileged = services.filter(([name]) => !PRIVILEGED.includes(name));

  test.each(unprivileged)(
    '%s runs as a user that is not root, and does not reach the engine',
    (_, service) => {
      expect(service.user).toMatch(/^[1-9]\d*:\d+$/);
      expect(JSON.stringify(service.volumes ?? [])).not.toContain('docker.sock');
      expect((service.volumes ?? []).filter(({ type }) => type === 'bind')).toEqual([]);
    },
  );

  test('has no capabilities, no writable root, no privileges', () => {
    for (const [name, service] of services) {
      expect([name, service.read_only, service.cap_drop]).toEqual([name, true, ['ALL']]);
      expect([name, 'privileged' in service, 'cap_add' in service]).toEqual([name, false, false]);
    }
  });

  test('names a version of its image', () => {
    for (const [, { image }] of services) {
      expect(image).toMatch(/:[\w.-]+$/);
      expect(image).not.toMatch(/:latest$/);
    }
  });

  // Eleven checks every 10 s: what one of them costs is paid all the time.
  test('is watched by a shell or a small program, not by one that brings a runtime along', () => {
    for (const [name, { healthcheck }] of services) {
      expect([name, healthcheck.test[1]]).toEqual([name, expect.stringMatching(/^(bash|sh|wget)$/)]);
      expect([name, healthcheck.test.join(' ')]).toEqual([name, expect.not.stringMatching(/node |promtool/)]);
    }
  });

  test('is watched, bounded, restarted, and updated with a way back', () => {
    for (const [name, { healthcheck, deploy, logging, init }] of services) {
      expect([name, healthcheck.test[0], healthcheck.test.length > 1, init]).toEqual([
        name,
        'CMD',
        true,
        true,
      ]);
      expect([name, Object.keys(deploy.resources.limits).sort()]).toEqual([name, ['cpus', 'memory', 'pids']]);
      expect([name, deploy.restart_policy.condition]).toEqual([name, 'any']);
      expect([name, deploy.update_config.failure_action]).toEqual([name, 'rollback']);
      expect([name, deploy.rollback_config.order]).toEqual([name, deploy.update_config.order]);
      expect([name, logging.options]).toEqual([name, { 'max-size': '10m', 'max-file': '3' }]);
    }
  });

  test('gets secrets as files, never in its environment or command line', () => {
    for (const [name, { secrets = [], environment, command, healthcheck }] of services) {
      const mounted = secrets.map(({ target }) => `/run/secrets/${target}`);
      const named = JSON.stringify([environment, command, healthcheck]).match(/\/run\/secrets\/\w+/g) ?? [];
      expect([name, named.filter((path) => !mounted.includes(path))]).toEqual([name, []]);
      const values = Object.keys(environment).filter((key) =>
        /(TOKEN|PASSWORD|SECRET|AUTH|REDIS_URL)$/.test(key),
      );
      expect([name, values]).toEqual([name, []]);
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
      ...['leader-aggregator', 'sensor-agent', 'prometheus'],
    ]);
  });

  // Whatever the network is for: two services on one of them reach each other.
  test.each(VARIANTS)('lets nobody reach what is kept from it over another network: %s', (_name, options) => {
    const { services } = parsed('stack.yml', options);
    const kind = (name: string) => name.replace(/-(\d+|edge)$/, '');
    const reached = new Set(
      Object.entries(services).flatMap(([from, { networks }]) =>
        Object.entries(services)
          .filter(([, other]) => Object.keys(networks).some((network) => network in other.networks))
          .map(([to]) => `${kind(from)} ${kind(to)}`),
      ),
    );
    for (const forbidden of [
      ...['sensor-agent redis', 'leader-aggregator redis', 'zookeeper redis', 'prometheus redis'],
      ...['ingest-api zookeeper', 'grafana zookeeper', 'sensor-agent ingest-api'],
      ...['sensor-agent grafana', 'leader-aggregator grafana'],
    ]) {
      expect([forbidden, reached.has(forbidden)]).toEqual([forbidden, false]);
    }
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
