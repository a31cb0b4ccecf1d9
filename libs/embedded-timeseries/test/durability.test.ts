import { setTimeout as pause } from 'node:timers/promises';
import { startChildServer } from './child-server.js';
import { RespClient, type Transcribed } from './resp-client.js';
import { temporaryFolder } from './temporary-folder.js';

const ROUNDS = 12;
const WRITERS = 3;

interface Acknowledged {
  /** Value per timestamp, per series. */
  samples: Map<string, Map<number, number>>;
  fields: Map<string, string>;
}

/** Writes until the connection breaks; keeps what was acknowledged. */
async function writeUntilKilled(
  port: number,
  writer: number,
  round: number,
  kept: Acknowledged,
): Promise<void> {
  const client = await RespClient.open(port);
  try {
    for (let step = 0; ; step++) {
      const first = round * 1_000_000 + step * 10;
      const timestamps = Array.from({ length: 10 }, (_unused, index) => first + index);
      // Every third batch is out of order, so that sealed samples are rewritten too.
      if (step % 3 === 2) timestamps.reverse();
      const commands = [
        ...timestamps.map((timestamp) => [
          'TS.ADD',
          `series-${writer}`,
          String(timestamp),
          String(timestamp / 3),
        ]),
        ['HSET', 'hash', `${writer}-${round}`, String(step)],
      ];
      const replies = await client.sendAll(commands);
      record(kept, writer, timestamps, replies);
      kept.fields.set(`${writer}-${round}`, String(step));
    }
  } catch {
    // Killed: what was not acknowledged may be there or not.
  } finally {
    client.close();
  }
}

function record(kept: Acknowledged, writer: number, timestamps: number[], replies: Transcribed[]): void {
  const samples = kept.samples.get(`series-${writer}`)!;
  for (const [index, timestamp] of timestamps.entries()) {
    expect(replies[index]).toEqual({ int: timestamp });
    samples.set(timestamp, timestamp / 3);
  }
}

async function storedSamples(client: RespClient, key: string): Promise<Map<number, number>> {
  const rows = (await client.send('TS.RANGE', key, '-', '+')) as [{ int: number }, { simple: string }][];
  return new Map(rows.map(([{ int }, { simple }]) => [int, Number(simple)]));
}

test.each([
  ['in the journal', undefined],
  ['partly taken over by the data file', 20_000],
])(
  'SIGKILL at any moment loses no acknowledged write, %s',
  async (_where, journalBytes) => {
    const folder = temporaryFolder();
    const kept: Acknowledged = { samples: new Map(), fields: new Map() };
    for (let writer = 0; writer < WRITERS; writer++) kept.samples.set(`series-${writer}`, new Map());
    try {
      for (let round = 1; round <= ROUNDS; round++) {
        const server = await startChildServer(
          folder.path,
          journalBytes === undefined ? {} : { journalBytes },
        );
        expect(server.refusal).toBeUndefined();
        const client = await RespClient.open(server.port);
        for (const [key, samples] of kept.samples) {
          if (samples.size === 0) continue;
          const stored = await storedSamples(client, key);
          const lost = [...samples].filter(([timestamp, value]) => stored.get(timestamp) !== value);
          expect(lost).toEqual([]);
        }
        for (const [field, step] of kept.fields) {
          const stored = (await client.send('HGET', 'hash', field)) as { bulk: string };
          expect(Number(stored.bulk)).toBeGreaterThanOrEqual(Number(step));
        }
        client.close();
        const writers = Array.from({ length: WRITERS }, (_unused, writer) =>
          writeUntilKilled(server.port, writer, round, kept),
        );
        await pause(50 + Math.random() * 400);
        await server.kill();
        await Promise.all(writers);
      }
      const acknowledged = [...kept.samples.values()].reduce((sum, samples) => sum + samples.size, 0);
      expect(acknowledged).toBeGreaterThan(ROUNDS * 10);
    } finally {
      folder.remove();
    }
  },
  240_000,
);
