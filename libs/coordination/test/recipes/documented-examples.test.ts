import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { randomUUID } from 'node:crypto';
import { startZooKeeper, type StartedZooKeeper } from '@atalaya/test-kit';
import { exampleOf, runExample } from './support/documented-example.js';

const pages = readdirSync(fileURLToPath(new URL('../../docs/recipes/', import.meta.url))).filter(
  (name) => name.endsWith('.md') && name !== 'README.md',
);

let zooKeeper: StartedZooKeeper;
beforeAll(async () => {
  zooKeeper = await startZooKeeper();
}, 90_000);
afterAll(async () => {
  await zooKeeper.close();
});

test.each(pages)(
  'the example of %s runs, and logs what its comments say',
  async (page) => {
    const { logged, promised } = await runExample(
      exampleOf(page),
      `${zooKeeper.connectString}/docs-${randomUUID()}`,
    );
    expect(promised.length).toBeGreaterThan(0);
    expect(logged).toEqual(promised);
  },
  20_000,
);
