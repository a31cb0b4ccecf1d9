import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { batchResultListSchema, groupSummaryListSchema } from '@atalaya/contracts';
import { reserveFreePort, waitFor } from '@atalaya/test-kit';
import { NodeProcess } from '../node-process.js';
import { peakMemory } from './peak-memory.js';

const GROUPS_PER_REQUEST = 200;
const SENSORS_PER_REQUEST = 100;
/** Heap of the API, in MiB. */
const HEAP_MIB = 512;
/** The heap, the caches of the embedded time series, and the pages of its file that are mapped. */
const MAX_PEAK_BYTES = 1024 ** 3;
const MAX_START_MS = 20_000;
const READY_TIMEOUT_MS = 120_000;
const REPORT_EVERY = 50_000;

export interface HostileKeysOptions {
  /** Names of groups, and of sensors, that are sent: half each. */
  count: number;
  maxGroups: number;
  maxSensorsPerGroup: number;
  print: (line: string) => void;
}

/** What became of the names that were sent. */
interface Answers {
  taken: number;
  refused: number;
  /** Of answers that are neither, the first. */
  other: string | undefined;
}

/**
 * Writers with the right to write that name ever new groups and sensors, against one API on an embedded time series with a
 * heap of 512 MiB; then a restart on what they left. Returns what must not be: more groups than are allowed, an answer that
 * is no refusal, memory or a start beyond the bounds.
 */
export async function hostileKeys(options: HostileKeysOptions): Promise<string[]> {
  const { count, maxGroups, maxSensorsPerGroup, print } = options;
  const folder = await mkdtemp(join(tmpdir(), 'atalaya-soak-'));
  using reservation = await reserveFreePort();
  const { port } = reservation;
  const url = `http://127.0.0.1:${port}`;
  const token = randomBytes(24).toString('hex');
  const manifest = createRequire(import.meta.url).resolve('@atalaya/ingest-api/package.json');
  await using api = new NodeProcess(join(dirname(manifest), 'dist', 'main.js'), [], {
    PORT: String(port),
    DATA_DIR: folder,
    INGEST_TOKEN: token,
    WRITE_RATE_LIMIT_PER_MINUTE: '0',
    MAX_GROUPS: String(maxGroups),
    MAX_SENSORS_PER_GROUP: String(maxSensorsPerGroup),
    LOG_LEVEL: 'fatal',
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --max-old-space-size=${HEAP_MIB}`,
  });
  const violations: string[] = [];
  try {
    await ready(url);
    const writer = new HostileWriter(url, token, print, () => peakMemory(api.pid));
    const groups = await writer.nameGroups(Math.ceil(count / 2));
    const sensors = await writer.nameSensors(Math.floor(count / 2));
    const peak = peakMemory(api.pid);
    print(
      `${groups.taken} groups taken, ${groups.refused} refused; ${sensors.taken} sensors taken, ${sensors.refused} ` +
        `refused; at most ${mebibytes(peak)} in memory`,
    );
    for (const { other } of [groups, sensors]) {
      if (other !== undefined)
        violations.push(`an answer is neither an acknowledgement nor a refusal: ${other}`);
    }
    violations.push(...(await beyondBounds(url, { groups, sensors, options })), ...tooMuch('writing', peak));

    await api.end('SIGTERM');
    const begin = performance.now();
    api.start();
    await ready(url);
    const startMs = performance.now() - begin;
    print(`ready again after ${(startMs / 1_000).toFixed(1)} s with ${mebibytes(peakMemory(api.pid))}`);
    if (startMs > MAX_START_MS) violations.push(`the start took ${Math.round(startMs)} ms`);
    violations.push(...tooMuch('the start', peakMemory(api.pid)));
    return violations;
  } finally {
    await api.end('SIGTERM');
    await rm(folder, { recursive: true, force: true });
  }
}

async function ready(url: string): Promise<void> {
  await waitFor(async () => (await fetch(`${url}/readyz`)).ok, {
    timeoutMs: READY_TIMEOUT_MS,
    describe: `${url} to be ready`,
  });
}

async function beyondBounds(
  url: string,
  { groups, sensors, options }: { groups: Answers; sensors: Answers; options: HostileKeysOptions },
): Promise<string[]> {
  const list = groupSummaryListSchema.parse(await (await fetch(`${url}/api/v1/groups`)).json());
  const { maxGroups, maxSensorsPerGroup } = options;
  const most = Math.max(list.groups.length, groups.taken);
  return [
    ...(most <= maxGroups ? [] : [`there are ${most} groups, and ${maxGroups} are allowed`]),
    ...(sensors.taken <= maxSensorsPerGroup
      ? []
      : [`there are ${sensors.taken} sensors in a group, and ${maxSensorsPerGroup} are allowed`]),
  ];
}

function tooMuch(when: string, peak: number | undefined): string[] {
  return peak === undefined || peak <= MAX_PEAK_BYTES ? [] : [`${when} took ${mebibytes(peak)}`];
}

function mebibytes(bytes: number | undefined): string {
  return bytes === undefined ? 'an unknown amount' : `${Math.round(bytes / 1024 ** 2)} MiB`;
}

class HostileWriter {
  readonly #headers: Readonly<Record<string, string>>;
  readonly #now = Date.now();

  constructor(
    readonly url: string,
    token: string,
    readonly print: (line: string) => void,
    readonly peak: () => number | undefined,
  ) {
    this.#headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  }

  async nameGroups(count: number): Promise<Answers> {
    const answers: Answers = { taken: 0, refused: 0, other: undefined };
    for (let sent = 0; sent < count; sent += GROUPS_PER_REQUEST) {
      const reports = Array.from(
        { length: Math.min(GROUPS_PER_REQUEST, count - sent) },
        (_unused, index) => ({
          ...{ group: `g-${sent + index}`, timestamp: this.#now, value: 1 },
        }),
      );
      const response = await this.#post('/api/v1/measurements/batch', { reports });
      if (response.ok) {
        const { results } = batchResultListSchema.parse(await response.json());
        for (const { status, problem } of results) note(answers, status, 1, problem?.detail ?? '');
      } else note(answers, response.status, reports.length, await response.text());
      this.#report(sent, reports.length, 'groups');
    }
    return answers;
  }

  /** Into the first group. */
  async nameSensors(count: number): Promise<Answers> {
    const answers: Answers = { taken: 0, refused: 0, other: undefined };
    for (let sent = 0; sent < count; sent += SENSORS_PER_REQUEST) {
      const ids = Array.from(
        { length: Math.min(SENSORS_PER_REQUEST, count - sent) },
        (_unused, index) => `s-${sent + index}`,
      );
      const sensors = Object.fromEntries(ids.map((id) => [id, 1]));
      const timestamp = this.#now + 1 + sent / SENSORS_PER_REQUEST;
      const response = await this.#post('/api/v1/measurements', {
        group: 'g-0',
        timestamp,
        value: 1,
        sensors,
      });
      note(answers, response.status, ids.length, await response.text());
      this.#report(sent, ids.length, 'sensors');
    }
    return answers;
  }

  #post(path: string, body: unknown): Promise<Response> {
    return fetch(this.url + path, { method: 'POST', headers: this.#headers, body: JSON.stringify(body) });
  }

  #report(before: number, added: number, what: string): void {
    if (Math.floor(before / REPORT_EVERY) === Math.floor((before + added) / REPORT_EVERY)) return;
    this.print(`  ${before + added} names of ${what} sent, ${mebibytes(this.peak())} at most`);
  }
}

/** A group too many is answered 422, sensors too many 413. */
function note(answers: Answers, status: number, names: number, detail: string): void {
  if (status === 200 || status === 201) answers.taken += names;
  else if (status === 413 || status === 422 || status === 429) answers.refused += names;
  else answers.other ??= `${status} ${detail.slice(0, 200)}`;
}
