import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProcess, type RunningProcess } from '@atalaya/test-kit';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** Variables of the surroundings that must not reach the process of a test. */
const UNSET = Object.fromEntries(
  ['HOST', 'PORT', 'REDIS_URL', 'DATA_DIR', 'INGEST_TOKEN', 'ALLOW_ANONYMOUS_WRITES', 'LOG_LEVEL'].map(
    (name) => [name, undefined],
  ),
);

/** Starts the built program. */
export function runApi(env: Readonly<Record<string, string>>): RunningProcess {
  return runProcess(process.execPath, [MAIN], { name: 'ingest-api', env: { ...UNSET, ...env } });
}

/** Starts it under a limit of open files. */
export function runApiWithOpenFiles(limit: number, env: Readonly<Record<string, string>>): RunningProcess {
  const args = ['-c', `ulimit -n ${limit}; exec "$0" "$1"`, process.execPath, MAIN];
  return runProcess('bash', args, { name: 'ingest-api', env: { ...UNSET, ...env } });
}

/** The address that the program says it listens on. */
export async function addressOf(api: RunningProcess): Promise<string> {
  const line = await api.waitForLine(/listens on http/);
  const [address = ''] = /http:\/\/[^\s"]+/.exec(line) ?? [];
  return address;
}

/** A folder of its own for a test's data. */
export async function temporaryFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'atalaya-ingest-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
