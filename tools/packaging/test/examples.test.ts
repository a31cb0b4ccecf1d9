import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEmbeddedTimeSeries, type EmbeddedTimeSeries } from '@atalaya/embedded-timeseries';
import { startZooKeeper, type StartedZooKeeper } from '@atalaya/test-kit';
import { OutsideProject } from './support/outside-project.js';
import { workspace } from './support/workspace.js';

const recipes = 'libs/coordination/docs/recipes';
const pages = [
  'libs/zookeeper-protocol/README.md',
  'libs/zookeeper-wire/README.md',
  'libs/coordination/README.md',
  'libs/redis-timeseries/README.md',
  'libs/test-kit/README.md',
  ...readdirSync(`${workspace}${recipes}`)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${recipes}/${name}`),
];

/** The complete examples of a page (others show a detail only), each under the heading it stands below and as a reader would copy it. */
const examples = pages.flatMap((page) => {
  const text = readFileSync(`${workspace}${page}`, 'utf8');
  const complete = [...text.matchAll(/```ts\n([^]*?)```/g)].filter(([block]) => /^import /m.test(block));
  return complete.map(({ index, 1: code }) => ({
    title: `${page}: ${[...text.slice(0, index).matchAll(/^#+ (.*)$/gm)].at(-1)?.[1] ?? 'top'}`,
    code: code!,
    // The low-level client creates no root by itself.
    hasRoot: !page.includes('zookeeper-wire'),
  }));
});

let zooKeeper: StartedZooKeeper;
let timeSeries: EmbeddedTimeSeries;
let project: OutsideProject;
beforeAll(async () => {
  [zooKeeper, project] = await Promise.all([startZooKeeper(), OutsideProject.create()]);
  timeSeries = await startEmbeddedTimeSeries({ dataDir: join(project.folder, 'time-series') });
  const files = examples.map((_, index) => `example-${index}.mts`);
  const compilerOptions = {
    module: 'node16',
    target: 'es2022',
    lib: ['es2023', 'dom'],
    types: ['node'],
    strict: true,
  };
  await Promise.all([
    ...examples.map(({ code, hasRoot }, index) =>
      // Servers and root are the test's; nothing else is changed.
      project.write(
        `example-${index}.mts`,
        code
          .replaceAll('redis://127.0.0.1:6379', timeSeries.url)
          .replaceAll(
            /127\.0\.0\.1:2181(\/[a-z]+)?/g,
            `${zooKeeper.connectString}${hasRoot ? `/example-${randomUUID()}` : ''}`,
          ),
      ),
    ),
    project.write('tsconfig.examples.json', JSON.stringify({ compilerOptions, files })),
  ]);
});
afterAll(async () => {
  await timeSeries.close();
  await Promise.all([zooKeeper.close(), project[Symbol.asyncDispose]()]);
});

test('the examples of the documents compile against the published types', async () => {
  expect(examples.length).toBeGreaterThan(8);
  await expect(project.compile('tsconfig.examples.json')).resolves.toContain('example-0.mts');
});

test.each(examples.map(({ title }, index) => ({ title, index })))(
  '$title runs to its end and leaves nothing that keeps the process alive',
  async ({ index }) => {
    await expect(project.node(`example-${index}.mjs`)).resolves.toMatch(/\S/);
  },
);
