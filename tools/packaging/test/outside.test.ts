import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { startEmbeddedTimeSeries } from '@atalaya/embedded-timeseries';
import { startZooKeeper, type StartedZooKeeper } from '@atalaya/test-kit';
import { OutsideProject } from './support/outside-project.js';

let zooKeeper: StartedZooKeeper;
let project: OutsideProject;
beforeAll(async () => {
  [zooKeeper, project] = await Promise.all([startZooKeeper(), OutsideProject.create()]);
});
afterAll(async () => {
  await Promise.all([zooKeeper.close(), project[Symbol.asyncDispose]()]);
});

/** Hosts with a root of their own, so that the users do not meet. */
const hosts = (): string => `${zooKeeper.connectString}/outside-${randomUUID()}`;

describe.each(['imported.mjs', 'required.cjs'])('installed outside the workspace, %s', (loaded) => {
  test('the time series client stores, reads and aggregates, and its errors are known by class and by code', async () => {
    const server = await startEmbeddedTimeSeries({ dataDir: join(project.folder, `data-${loaded}`) });
    await project.add('use-redis-timeseries.cjs', `use-redis-timeseries-${loaded}`);
    const printed = project.node(`use-redis-timeseries-${loaded}`, server.url);
    const used: unknown = JSON.parse(await printed.finally(() => server.close()));
    expect(used).toEqual({
      samples: [
        { timestamp: 1_000, value: 79.5 },
        { timestamp: 2_000, value: 80.5 },
      ],
      average: [{ timestamp: 0, value: 80 }],
      pipelined: [true, false],
      error: { isTimeSeriesError: true, name: 'TimeSeriesError', code: 'KEY_NOT_FOUND', isRetryable: false },
    });
  });

  test('the library registers, reads and leads, and its errors are known by class and by code', async () => {
    await project.add('use-coordination.cjs', `use-coordination-${loaded}`);
    const used: unknown = JSON.parse(await project.node(`use-coordination-${loaded}`, hosts()));
    expect(used).toEqual({
      registered: [['sensor-1', '79.5']],
      left: [],
      terms: [{ id: 'candidate-1', hasToken: true, ended: false }],
      error: {
        isCoordinationError: true,
        name: 'CoordinationError',
        code: 'NO_NODE',
        hasCode: true,
        isRetryable: false,
      },
    });
  });

  test('the test kit starts a server, and names the packages it would need for more', async () => {
    await project.add('use-test-kit.cjs', `use-test-kit-${loaded}`);
    const used: unknown = JSON.parse(await project.node(`use-test-kit-${loaded}`));
    expect(used).toEqual({
      mode: 'standalone',
      proxied: true,
      running: false,
      withoutContainers: {
        isTestKitError: true,
        code: 'ZOOKEEPER_MISSING',
        message: expect.stringContaining('npm package testcontainers') as unknown,
      },
      browser: expect.stringMatching(/^(found|CHROMIUM_MISSING)$/) as unknown,
    });
  });
});

describe('compiled with TypeScript outside the workspace', () => {
  beforeAll(async () => {
    await project.add('typed.ts', 'tsconfig.node16.json', 'tsconfig.bundler.json');
    const typed = await project.read('typed.ts');
    await Promise.all([project.write('typed.mts', typed), project.write('typed.cts', typed)]);
  });

  test('moduleResolution node16: as ESM and as CommonJS, each of which runs', async () => {
    const read = await project.compile('tsconfig.node16.json');
    expect(read).toContain('@atalaya/coordination/dist/index.d.ts');
    expect(read).toContain('@atalaya/coordination/dist-cjs/index.d.ts');
    expectNoTypesOf(read);
    for (const program of ['typed.mjs', 'typed.cjs']) {
      const printed: unknown = JSON.parse(await project.node(program, hosts()));
      expect(printed).toEqual({ leads: true, path: '/typed/sensor-2', mean: 5 });
    }
  });

  test('moduleResolution bundler', async () => {
    const read = await project.compile('tsconfig.bundler.json');
    expect(read).toContain('@atalaya/coordination/dist/index.d.ts');
    expectNoTypesOf(read);
  });
});

/** Neither sources nor the types of what is underneath are part of the interface. */
function expectNoTypesOf(filesRead: string): void {
  const ours = filesRead.split('\n').filter((file) => !file.includes('/typescript/'));
  expect(ours.length).toBeGreaterThan(50);
  expect(
    ours.filter((file) =>
      /node_modules\/(zookeeper|testcontainers|playwright-core|@atalaya\/[^/]+\/src)\//.test(file),
    ),
  ).toEqual([]);
}
