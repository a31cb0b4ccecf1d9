import { parse } from 'yaml';
import { parseGenerateArguments } from '../src/generate/arguments.js';
import { generated, parsed } from './project.js';

test('every option can be given on the command line', () => {
  const { options, outputDirectory } = parseGenerateArguments([
    ...[
      '--zookeeper-servers',
      '5',
      '--routing',
      'host',
      '--api-replicas',
      '2',
      '--no-grafana',
      '--visualizer',
    ],
    ...['--tag', '2.0.0', '--only', 'zookeeper-4', '--only', 'zookeeper-5', '--output-directory', 'out'],
  ]);
  expect(options).toMatchObject({
    zookeeperServers: 5,
    routing: 'host',
    apiReplicas: 2,
    grafana: false,
    visualizer: true,
    tag: '2.0.0',
    only: ['zookeeper-4', 'zookeeper-5'],
  });
  expect(outputDirectory).toBe('out');
});

test('all problems are reported together', () => {
  expect(() =>
    parseGenerateArguments(['--zookeeper-servers', '2', '--tag', 'latest', '--redis-image', 'redis']),
  ).toThrow(
    /--zookeeper-servers must be 1, 3 or 5[^]*--tag must not be 'latest'[^]*--redis-image must name a tag or a digest/,
  );
});

test('an unknown option is refused', () => {
  expect(() => parseGenerateArguments(['--replicas', '3'])).toThrow(/--replicas/);
});

test('one port is not published twice', () => {
  expect(() => parseGenerateArguments(['--grafana-port', '4000'])).toThrow(
    /--grafana-port 4000 is published by another service/,
  );
  expect(() => parseGenerateArguments(['--visualizer', '--visualizer-port', '3000'])).toThrow(
    /--visualizer-port 3000/,
  );
  expect(parseGenerateArguments(['--no-grafana', '--grafana-port', '4000']).options.grafana).toBe(false);
});

test('Prometheus asks the services that there are', () => {
  const names = (options: Parameters<typeof generated>[0]) => {
    const { scrape_configs } = parse(generated(options).get('prometheus/prometheus.yml')!) as {
      scrape_configs: { dns_sd_configs: { names: string[] }[] }[];
    };
    return scrape_configs.flatMap(({ dns_sd_configs }) => dns_sd_configs.flatMap((source) => source.names));
  };
  const apps = ['tasks.sensor-agent', 'tasks.leader-aggregator', 'tasks.ingest-api'];
  expect(names({ zookeeperServers: 1 })).toEqual([...apps, 'zookeeper-1']);
  expect(names({ zookeeperMetrics: false, routing: 'host' })).toEqual([...apps, 'tasks.ingest-api-edge']);
  expect(generated({ prometheus: false }).has('prometheus/prometheus.yml')).toBe(false);
});

test('an unknown service is refused with the names that exist', () => {
  expect(() => parsed('stack.yml', { only: ['zookeper-1'] })).toThrow(/zookeper-1: name some of zookeeper-1/);
});

test('host names of people are passed on to the API, and to nobody else', () => {
  const { services } = parsed('stack.yml', { allowedHosts: ['atalaya.example.org', '.example.net'] });
  expect(services['ingest-api']?.environment.ALLOWED_HOSTS).toBe('atalaya.example.org,.example.net');
  expect(services['leader-aggregator']?.environment).not.toHaveProperty('ALLOWED_HOSTS');
  expect(parsed('stack.yml').services['ingest-api']?.environment).not.toHaveProperty('ALLOWED_HOSTS');
});

test('host routing needs no virtual address, and publishes on the node', () => {
  const { services } = parsed('stack.yml', { routing: 'host' });
  for (const [name, service] of Object.entries(services)) {
    expect([name, service.deploy.endpoint_mode]).toEqual([name, 'dnsrr']);
    for (const port of service.ports ?? []) expect(port.mode).toBe('host');
  }
  // A node has one container per host port: the replicas keep out of it.
  expect(services['ingest-api']!.ports).toBeUndefined();
  expect(services['ingest-api-edge']!.deploy.mode).toBe('global');
});

test('the number of servers is in the connect string and in the configuration of the ensemble', () => {
  const five = parsed('stack.yml', { zookeeperServers: 5 });
  expect(five.services['sensor-agent']!.environment.ZOOKEEPER_HOSTS).toBe(
    [1, 2, 3, 4, 5].map((id) => `zookeeper-${id}:2181`).join(','),
  );
  expect(Object.keys(five.volumes)).toEqual(expect.arrayContaining(['zookeeper-5-data', 'zookeeper-5-log']));
});

test('labels keep stateful services where their volumes are', () => {
  const { services } = parsed('stack.yml', { placement: 'labels' });
  expect(services['zookeeper-2']!.deploy.placement).toEqual({
    constraints: ['node.labels.atalaya.zookeeper == 2'],
  });
  expect(services.redis!.deploy.placement).toEqual({ constraints: ['node.labels.atalaya.redis == true'] });
});

test('on one machine every sensor and candidate is a service with an id of its own', () => {
  const { services, secrets } = parsed('compose.yaml', { sensors: 2, candidates: 2 });
  const ids = Object.entries(services).flatMap(([name, { environment }]) =>
    environment.INSTANCE_ID === undefined ? [] : [[name, environment.INSTANCE_ID]],
  );
  expect(ids).toEqual([
    ['leader-aggregator-1', 'candidate-1'],
    ['leader-aggregator-2', 'candidate-2'],
    ['sensor-agent-1', 'sensor-1'],
    ['sensor-agent-2', 'sensor-2'],
  ]);
  expect(secrets.ingest_token).toEqual({ file: './secrets/ingest_token' });
});
