import { type Client, hasCode } from '@atalaya/coordination';
import { type StartedZooKeeper, waitFor } from '@atalaya/test-kit';
import { type Sink } from './sink-server.js';

/** A leader writes every 40 ms; on a busy machine it may take this long. */
const WRITES_WITHIN_MS = 2_000;
/** How long the sensor processes may take to report what they see, which they do every 60 ms. */
const TELLS_WITHIN_MS = 10_000;

export interface QuietCheckOptions {
  readonly zk: Pick<StartedZooKeeper, 'servers'>;
  /** A client that no fault of the network has reached. */
  readonly admin: Client;
  readonly sink: Sink;
  readonly electionPath: string;
  readonly sensorsPath: string;
  readonly candidates: readonly string[];
  readonly sensorProcesses: readonly string[];
  readonly sensorsEach: number;
  /** Where nobody holds or waits for anything any more. */
  readonly emptyQueues: readonly string[];
}

/** What must hold two session timeouts after the last fault; everything that does not. */
export async function checkQuiet(
  options: QuietCheckOptions,
): Promise<{ violations: string[]; watches: number }> {
  const { admin, sink, sensorsPath, electionPath, candidates, sensorProcesses } = options;
  const askedAtMs = performance.now();
  const { children } = await admin.readChildren(sensorsPath, {
    signal: AbortSignal.timeout(TELLS_WITHIN_MS),
  });
  const stored = new Map([...children].map(([id, { data }]) => [id, data.toString('utf8')]));
  const violations = differences('ZooKeeper', stored, sink.values.latest);

  const expectedSensors = sensorProcesses.length * options.sensorsEach;
  if (sink.values.latest.size !== expectedSensors) {
    violations.push(`${sink.values.latest.size} sensors took part, not ${expectedSensors}`);
  }
  for (const path of options.emptyQueues) {
    const left = await childrenOrNone(admin, path);
    if (left.length > 0) violations.push(`${path} has znodes that nobody holds: ${left.sort().join(', ')}`);
  }
  const contenders = await admin.election(electionPath, { id: 'admin' }).contenders();
  const ids = contenders.map(({ id }) => id).sort();
  if (ids.join() !== [...candidates].sort().join()) {
    violations.push(
      `the election holds ${ids.join(', ') || 'nobody'}; the candidates are ${candidates.join(', ')}`,
    );
  }
  const writing = await waitFor(() => sink.terms.latest.ageMs < WRITES_WITHIN_MS, {
    timeoutMs: WRITES_WITHIN_MS,
    describe: 'a write of a leader',
  }).catch(() => false);
  if (!writing) violations.push('no leader writes');

  for (const name of sensorProcesses) {
    const seen = await waitFor(
      () => {
        const sighting = sink.values.sightings.get(name);
        return sighting && sighting.receivedAtMs > askedAtMs ? sighting : undefined;
      },
      { timeoutMs: TELLS_WITHIN_MS, describe: `what ${name} sees` },
    ).catch(() => undefined);
    if (!seen) {
      violations.push(`${name} does not report what it sees`);
      continue;
    }
    if (seen.stale) violations.push(`the group of ${name} is stale`);
    if (seen.invalid > 0) violations.push(`the group of ${name} has ${seen.invalid} invalid members`);
    violations.push(...differences(`the group of ${name}`, new Map(Object.entries(seen.members)), stored));
  }
  // Terms go on ending and beginning by themselves, so the leader is compared until it is the same at both places.
  for (const name of sensorProcesses) {
    const agreed = await waitFor(
      () => sink.values.sightings.get(name)?.leader === (sink.terms.latest.id ?? 'nobody'),
      { timeoutMs: TELLS_WITHIN_MS, describe: `${name} to see the leader` },
    ).catch(() => false);
    if (!agreed) {
      const sees = sink.values.sightings.get(name)?.leader ?? 'nobody';
      violations.push(`${name} sees ${sees} lead; ${sink.terms.latest.id ?? 'nobody'} writes`);
    }
  }
  const watches = await watchCount(options.zk);
  // A group watches the children and each of them, a registration its znode, a candidate its predecessor and itself,
  // an observer the leader; reads under way may have one more.
  const bound = sensorProcesses.length * (expectedSensors + 3) + expectedSensors + 4 * candidates.length;
  if (watches > bound) violations.push(`${watches} watches are set, at most ${bound} are needed`);
  return { violations, watches };
}

async function childrenOrNone(admin: Client, path: string): Promise<string[]> {
  try {
    return await admin.children(path, { signal: AbortSignal.timeout(TELLS_WITHIN_MS) });
  } catch (error) {
    if (hasCode(error, 'NO_NODE')) return [];
    throw error;
  }
}

/** Watches that are set at the servers, all clients together. */
export async function watchCount(zk: Pick<StartedZooKeeper, 'servers'>): Promise<number> {
  const answers = await Promise.all(zk.servers.map((server) => server.fourLetterWord('wchs')));
  return answers.reduce((sum, answer) => sum + Number(/^Total watches:(\d+)/m.exec(answer)?.[1]), 0);
}

function differences(
  where: string,
  actual: ReadonlyMap<string, string>,
  expected: ReadonlyMap<string, string>,
): string[] {
  const ids = new Set([...actual.keys(), ...expected.keys()]);
  return [...ids].flatMap((id) => {
    const [is, should] = [actual.get(id), expected.get(id)];
    return is === should
      ? []
      : [`${where} has ${id} = ${is ?? 'nothing'}, it was set to ${should ?? 'nothing'}`];
  });
}
