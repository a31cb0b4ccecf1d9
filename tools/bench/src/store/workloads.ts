import { encode, type RawConnection } from './raw-connection.js';

/** Commands that store and read samples: those of RedisTimeSeries, or native ones. */
export interface Dialect {
  /** Adds one sample; its reply is one line. */
  add(key: string, timestamp: number, value: number): Buffer;
  /** Adds a sample of one timestamp to each of the series `<prefix>0` and so on, all sent at once; with the lines of the reply. */
  addMany(prefix: string, timestamp: number, count: number): { command: Buffer; lines: number };
  /** All samples of one series. */
  range(key: string): Buffer;
  /** All samples of series that are named `<prefix>0` and so on. */
  rangeMany(prefix: string, series: number): Buffer;
  /** Makes the series of a prefix. */
  create(prefix: string, series: number): Buffer[];
}

const valueAt = (index: number): number => 75 + (index % 1_000) / 100;

/** The module's own commands. */
export const timeSeries: Dialect = {
  add: (key, timestamp, value) => encode(['TS.ADD', key, timestamp, value]),
  addMany: (prefix, timestamp, count) => ({
    command: encode([
      'TS.MADD',
      ...Array.from({ length: count }, (_, i) => [`${prefix}${i}`, timestamp, valueAt(timestamp + i)]).flat(),
    ]),
    lines: 1 + count,
  }),
  range: (key) => encode(['TS.RANGE', key, '-', '+']),
  rangeMany: (prefix) => encode(['TS.MRANGE', '-', '+', 'FILTER', `prefix=${prefix}`]),
  create: (prefix, series) =>
    Array.from({ length: series }, (_, i) =>
      encode(['TS.CREATE', `${prefix}${i}`, 'LABELS', 'prefix', prefix]),
    ),
};

/** Sorted sets, with the timestamp as score: what native types have that finds a range of time. */
export const sortedSets: Dialect = {
  add: (key, timestamp, value) => encode(['ZADD', key, timestamp, `${timestamp}:${value}`]),
  addMany: (prefix, timestamp, count) => ({
    command: Buffer.concat(
      Array.from({ length: count }, (_, i) =>
        encode(['ZADD', `${prefix}${i}`, timestamp, `${timestamp}:${valueAt(timestamp + i)}`]),
      ),
    ),
    lines: count,
  }),
  range: (key) => encode(['ZRANGE', key, 0, -1, 'WITHSCORES']),
  rangeMany: (prefix, series) =>
    Buffer.concat(
      Array.from({ length: series }, (_, i) => encode(['ZRANGE', `${prefix}${i}`, 0, -1, 'WITHSCORES'])),
    ),
  create: () => [],
};

/** Lists: the cheapest write that native types have. */
export const lists: Dialect = {
  ...sortedSets,
  add: (key, timestamp, value) => encode(['RPUSH', key, `${timestamp}:${value}`]),
  addMany: (prefix, timestamp, count) => ({
    command: Buffer.concat(
      Array.from({ length: count }, (_, i) =>
        encode(['RPUSH', `${prefix}${i}`, `${timestamp}:${valueAt(timestamp + i)}`]),
      ),
    ),
    lines: count,
  }),
  range: (key) => encode(['LRANGE', key, 0, -1]),
  rangeMany: (prefix, series) =>
    Buffer.concat(Array.from({ length: series }, (_, i) => encode(['LRANGE', `${prefix}${i}`, 0, -1]))),
};

/** Something that is done again and again; resolves to how many samples it wrote or read. */
export type Workload = () => Promise<number>;

/** Samples of the long series, and of each of the short ones. */
const LONG = 100_000;
const SERIES = 100;
const SHORT = 1_000;
const FIRST_TIMESTAMP = 1_700_000_000_000;
const STEP_MS = 5_000;
/** Samples of one write while series are filled. */
const FILL_BY = 1_000;

/** The workloads on one server, by name; `run` makes keys that no other run has. */
export async function prepareWorkloads(
  connection: RawConnection,
  dialect: Dialect,
  run: string,
): Promise<ReadonlyMap<string, Workload>> {
  for (const command of [
    ...dialect.create(`${run}:many:`, SERIES),
    ...dialect.create(`${run}:short:`, SERIES),
  ]) {
    await connection.send(command, 1);
  }
  const fill = async (key: string, samples: number): Promise<void> => {
    for (let from = 0; from < samples; from += FILL_BY) {
      const commands = Array.from({ length: Math.min(FILL_BY, samples - from) }, (_, i) =>
        dialect.add(key, FIRST_TIMESTAMP + (from + i) * STEP_MS, valueAt(from + i)),
      );
      await connection.send(Buffer.concat(commands), commands.length);
    }
  };
  await fill(`${run}:long`, LONG);
  for (let i = 0; i < SERIES; i += 1) await fill(`${run}:short:${i}`, SHORT);

  let next = FIRST_TIMESTAMP;
  const adds = (pipelined: number): Workload => {
    const key = `${run}:add:${pipelined}`;
    return async () => {
      const commands = Array.from({ length: pipelined }, () => {
        next += STEP_MS;
        return dialect.add(key, next, valueAt(next));
      });
      await connection.send(Buffer.concat(commands), pipelined);
      return pipelined;
    };
  };
  const reads =
    (command: Buffer, samples: number): Workload =>
    async () => {
      await connection.sendAndDrain(command);
      return samples;
    };
  return new Map<string, Workload>([
    ['add', adds(1)],
    ['add, pipelined by 16', adds(16)],
    ['add, pipelined by 256', adds(256)],
    [
      'add to 100 series',
      async () => {
        next += STEP_MS;
        const { command, lines } = dialect.addMany(`${run}:many:`, next, SERIES);
        await connection.send(command, lines);
        return SERIES;
      },
    ],
    ['range of 100,000', reads(dialect.range(`${run}:long`), LONG)],
    ['ranges of 100 × 1,000', reads(dialect.rangeMany(`${run}:short:`, SERIES), SERIES * SHORT)],
  ]);
}
