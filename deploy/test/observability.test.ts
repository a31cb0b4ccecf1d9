import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { DASHBOARDS, GRAFANA_PLUGINS } from '../src/services/observers.js';
import { PROJECT } from './project.js';

interface Target {
  refId: string;
  datasource: { type: string; uid: string };
  type?: string;
  command?: string;
  keyName?: string;
  filter?: string;
  aggregation?: string;
  bucket?: number;
  expr?: string;
  url?: string;
}
interface Dashboard {
  uid: string;
  title: string;
  panels: { id: number; title: string; description: string; gridPos: Box; targets: Target[] }[];
  templating: { list: { name: string; query: string; regex: string }[] };
}
interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
}

/** Of the metrics that ZooKeeper 3.9 exports, those that are used here; `mntr` shows them with `zk_` before the name. */
const ZOOKEEPER_METRICS = new Set([
  ...['global_sessions', 'ephemerals_count', 'stale_sessions_expired', 'connection_drop_count'],
  ...['outstanding_requests', 'quorum_size'],
]);
const hasPromtool = spawnSync('promtool', ['--version']).status === 0;

const dashboards = DASHBOARDS.map(
  (name) => [name, JSON.parse(read(`grafana/dashboards/${name}.json`)) as Dashboard] as const,
);
const { datasources } = parse(read('grafana/provisioning/datasources.yaml')) as {
  datasources: { uid: string; type: string; url?: string; jsonData: { allowedHosts?: string[] } }[];
};
const targets = dashboards.flatMap(([name, { panels }]) =>
  panels.flatMap((panel) => panel.targets.map((target) => [`${name}: ${panel.title}`, target] as const)),
);

test('every dashboard file is provisioned', () => {
  const files = readdirSync(join(PROJECT, 'grafana/dashboards')).map((file) => file.replace('.json', ''));
  expect(files.sort()).toEqual([...DASHBOARDS].sort());
});

test.each(dashboards)(
  '%s: panels have ids and places of their own, and say what they show',
  (_name, dashboard) => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const [index, panel] of panels.entries()) {
      expect(panel.description).not.toBe('');
      expect(panel.gridPos.x + panel.gridPos.w).toBeLessThanOrEqual(24);
      for (const other of panels.slice(index + 1)) {
        expect([panel.title, other.title, overlap(panel.gridPos, other.gridPos)]).toEqual([
          panel.title,
          other.title,
          false,
        ]);
      }
    }
  },
);

test.each(targets)('%s asks a provisioned data source', (_panel, target) => {
  const source = datasources.find(({ uid }) => uid === target.datasource.uid);
  expect(source?.type).toBe(target.datasource.type);
  if (target.url !== undefined) expect(source?.jsonData.allowedHosts).toContain(new URL(target.url).origin);
});

test('every data source that is no part of Grafana comes as a pinned plugin', () => {
  const plugins = GRAFANA_PLUGINS.map((plugin) => plugin.split(' '));
  for (const [, version] of plugins) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  const needed = datasources.map(({ type }) => type).filter((type) => type !== 'prometheus');
  expect(plugins.map(([id]) => id).sort()).toEqual(needed.sort());
});

describe('queries to Redis', () => {
  /** Fields of a query that redis-datasource 2.2.0 reads, and those that Grafana adds to every query. */
  const FIELDS = [
    ...['type', 'command', 'query', 'keyName', 'field', 'filter', 'aggregation', 'bucket', 'fill', 'legend'],
    ...['value', 'section', 'size', 'count', 'start', 'end', 'tsReducer', 'tsGroupByLabel'],
    ...['refId', 'datasource', 'hide'],
  ];
  const redis = targets.filter(([, { datasource }]) => datasource.type === 'redis-datasource');

  test.each(redis)('%s', (_panel, target) => {
    for (const field of Object.keys(target)) expect(FIELDS).toContain(field);
    switch (target.command) {
      case 'ts.range':
      case 'ts.get':
        expect(target.type).toBe('timeSeries');
        expect(target.keyName).toMatch(/^atalaya:\{\$group\}:/);
        break;
      case 'ts.mrange':
        // Without an aggregation the plugin sends its empty bucket as an argument of its own.
        expect(target.aggregation).toBeTruthy();
        expect(target.bucket).toBeGreaterThan(0);
        expect(target.filter).toContain('group=$group');
        break;
      case 'ts.mget':
        expect(target.filter).toContain('group=$group');
        break;
      default:
        expect([target.type, target.command, target.keyName]).toEqual([
          'command',
          'hgetall',
          'atalaya:{$group}:status',
        ]);
    }
  });

  test('the choice of a group is read from the names of the keys', () => {
    for (const [, { templating }] of dashboards) {
      const [group] = templating.list;
      const pattern = new RegExp(group!.regex.slice(1, -1));
      expect(pattern.exec('atalaya:{north}:mean')?.[1]).toBe('north');
    }
  });
});

describe('metrics', () => {
  const rules = (
    parse(read('prometheus/rules.yml')) as {
      groups: { rules: { alert: string; expr: string; annotations: { summary: string } }[] }[];
    }
  ).groups.flatMap((group) => group.rules);
  const expressions = [
    ...rules.map(({ alert, expr }) => [alert, expr] as const),
    ...targets.flatMap(([panel, { expr }]) => (expr === undefined ? [] : [[panel, expr] as const])),
  ];
  const defined = new Set(
    ['apps', 'libs'].flatMap((folder) =>
      sources(join(PROJECT, '..', folder)).flatMap((file) =>
        [...readFileSync(file, 'utf8').matchAll(/'(atalaya_\w+)'/g)].map(([, name]) => name!),
      ),
    ),
  );

  test.each(expressions)('%s uses metrics that an app has', (_where, expression) => {
    for (const [name] of expression.matchAll(/\batalaya_\w+/g)) {
      expect([...defined]).toContain(name.replace(/_(bucket|sum|count)$/, ''));
    }
  });

  test.each(expressions)('%s uses no other names', (_where, expression) => {
    const labels = new Set([
      'severity',
      'instance',
      'job',
      'state',
      'reason',
      'outcome',
      'method',
      'le',
      'version',
    ]);
    const language = new Set(
      'sum max count changes resets rate increase histogram_quantile vector time by on and or unless offset'.split(
        ' ',
      ),
    );
    // Without strings, durations and what Grafana fills in.
    const bare = expression.replaceAll(/"[^"]*"|\[[^\]]*\]|\b\d+[smhd]\b/g, '');
    for (const [name] of bare.matchAll(/[a-z_:][\w:]*/gi)) {
      const known = name.startsWith('atalaya_') || ZOOKEEPER_METRICS.has(name) || name === 'up';
      expect([name, known || labels.has(name) || language.has(name)]).toEqual([name, true]);
    }
  });

  (hasPromtool ? test : test.skip)('promtool reads the rules, and each alert fires when it should', () => {
    for (const args of [
      ['check', 'rules', 'rules.yml'],
      ['check', 'config', '--syntax-only', 'prometheus.yml'],
      ['test', 'rules', 'rules.test.yml'],
    ]) {
      const { status, stdout, stderr } = spawnSync('promtool', args, {
        cwd: join(PROJECT, 'prometheus'),
        encoding: 'utf8',
      });
      expect([args, status, status === 0 ? '' : stdout + stderr]).toEqual([args, 0, '']);
    }
  });

  test('every rule has a case in which it fires', () => {
    const { tests } = parse(read('prometheus/rules.test.yml')) as {
      tests: { alert_rule_test: { alertname: string; exp_alerts?: unknown[] }[] }[];
    };
    const fired = tests
      .flatMap(({ alert_rule_test }) => alert_rule_test)
      .filter(({ exp_alerts = [] }) => exp_alerts.length > 0);
    expect([...new Set(fired.map(({ alertname }) => alertname))].sort()).toEqual(
      rules.map(({ alert }) => alert).sort(),
    );
  });

  test('every rule says what is wrong', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const { annotations } of rules) expect(annotations.summary).not.toBe('');
  });
});

function read(path: string): string {
  return readFileSync(join(PROJECT, path), 'utf8');
}

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => path.includes('/src/') && !path.includes('node_modules'));
}

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}
