import { fileURLToPath } from 'node:url';
import { runProcess, type RunningProcess } from '@atalaya/test-kit';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const REFERENCE_PROGRAM = fileURLToPath(new URL('./reference_program.py', import.meta.url));

/** Starts a candidate as its users do. */
export function runCandidate(id: string, env: Readonly<Record<string, string>>): RunningProcess {
  return runProcess(process.execPath, ['--enable-source-maps', MAIN], {
    name: `candidate ${id}`,
    env: { NODE_OPTIONS: '', INSTANCE_ID: id, ...env },
  });
}

/** Starts a kazoo program: a sensor with a fixed value that also enters the election, as id. */
export function runReferenceProgram(
  id: string,
  value: number,
  env: Readonly<{ ZOOKEEPER_HOSTS: string; SENSORS_PATH: string; ELECTION_PATH: string }>,
): RunningProcess {
  return runProcess(
    '/usr/bin/python3',
    ['-u', REFERENCE_PROGRAM, env.ZOOKEEPER_HOSTS, env.SENSORS_PATH, env.ELECTION_PATH, id, String(value)],
    { name: `kazoo program ${id}` },
  );
}

/** Messages of level warn and above that a process has logged. */
export function warningsOf(candidate: RunningProcess): string[] {
  return candidate.records
    .filter(({ level }) => typeof level === 'number' && level >= 40)
    .map(({ msg }) => String(msg));
}
