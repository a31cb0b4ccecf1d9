import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { openJournaledStore, type JournaledStore } from '../src/storage/journaled-store.js';
import { type RecordKey, RecordKind } from '../src/storage/record-key.js';
import { type RecordChange, type RecordReader } from '../src/storage/record-store.js';
import { temporaryFolder } from './temporary-folder.js';

const RUNS = 30;
const COMMITS = 60;
const OBJECTS = 6;
const PARTS = 5;

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  folder.remove();
});

/** Numbers from 0 to below a bound, the same ones for the same seed. */
function randomNumbers(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

const ids = ({ kind, objectId, partId }: RecordKey) => `${kind}/${objectId}/${partId}`;

/** What the records are, told by every way of reading them. */
function contents(reader: RecordReader): unknown {
  const objects = [...reader.objects()].sort((a, b) => a.id - b.id);
  return {
    objects: objects.map(({ id, bytes }) => [id, bytes.toString()]),
    elements: Array.from({ length: OBJECTS }, (_unused, id) =>
      [...reader.elements(id)].map(({ partId, bytes }) => [partId, bytes.toString()]),
    ),
    chunks: Array.from({ length: OBJECTS }, (_unused, objectId) =>
      reader.read({ kind: RecordKind.chunk, objectId, partId: 1 })?.toString(),
    ),
  };
}

function contentsOf(model: ReadonlyMap<string, string>): unknown {
  const objects = Array.from({ length: OBJECTS }, (_unused, id) => id);
  const parts = Array.from({ length: PARTS }, (_unused, part) => part);
  return {
    objects: objects
      .filter((id) => model.has(`${RecordKind.object}/${id}/0`))
      .map((id) => [id, model.get(`${RecordKind.object}/${id}/0`)]),
    elements: objects.map((id) =>
      parts
        .filter((part) => model.has(`${RecordKind.element}/${id}/${part}`))
        .map((part) => [part, model.get(`${RecordKind.element}/${id}/${part}`)]),
    ),
    chunks: objects.map((id) => model.get(`${RecordKind.chunk}/${id}/1`)),
  };
}

function randomChange(random: (bound: number) => number, text: string): RecordChange {
  const objectId = random(OBJECTS);
  const bytes = random(4) === 0 ? undefined : Buffer.from(text);
  const kinds = [RecordKind.object, RecordKind.element, RecordKind.element, RecordKind.chunk];
  const kind = kinds[random(kinds.length)]!;
  const partId = kind === RecordKind.object ? 0 : kind === RecordKind.chunk ? 1 : random(PARTS);
  return { key: { kind, objectId, partId }, bytes };
}

async function randomCommit(
  store: JournaledStore,
  model: Map<string, string>,
  random: (bound: number) => number,
  text: string,
): Promise<void> {
  const clears = random(25) === 0;
  const changes = Array.from({ length: random(6) }, (_unused, index) =>
    randomChange(random, `${text}.${index} ${'x'.repeat(random(200))}`),
  );
  await store.commit(changes, clears);
  if (clears) model.clear();
  for (const { key, bytes } of changes) {
    if (bytes === undefined) model.delete(ids(key));
    else model.set(ids(key), bytes.toString());
  }
}

test.each(Array.from({ length: RUNS }, (_unused, run) => run))(
  'records are those of the model after each commit, in a copy as of a crash, and after a start: seed %d',
  async (seed) => {
    const random = randomNumbers(seed);
    // From always taken over to never.
    const journalBytes = [0, 300, 3_000, 1_000_000][seed % 4]!;
    const options = { flushes: false, journalBytes };
    const path = join(folder.path, 'data');
    const model = new Map<string, string>();
    let store = await openJournaledStore(path, options);
    for (let number = 0; number < COMMITS; number++) {
      await randomCommit(store, model, random, `${seed}.${number}`);
      expect(contents(store)).toEqual(contentsOf(model));
      if (random(12) === 0) {
        const crashed = join(folder.path, `crashed-${number}`);
        cpSync(path, crashed, { recursive: true, filter: (name) => !name.endsWith('.sock') });
        const survivor = await openJournaledStore(crashed, options);
        expect(contents(survivor)).toEqual(contentsOf(model));
        await survivor.close();
      }
      if (random(20) !== 0) continue;
      await store.close();
      store = await openJournaledStore(path, options);
      expect(contents(store)).toEqual(contentsOf(model));
    }
    await store.close();
  },
);
