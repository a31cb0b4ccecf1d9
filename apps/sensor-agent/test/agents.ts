import { fileURLToPath } from 'node:url';
import { type LogRecord, runProcess, type RunningProcess } from '@atalaya/test-kit';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** Starts a sensor agent as its users do; variables of this process's own environment do not reach it. */
export function runAgent(env: Readonly<Record<string, string>>): RunningProcess {
  return runProcess(process.execPath, ['--enable-source-maps', MAIN], {
    name: `sensor agent ${env.INSTANCE_ID ?? ''}`,
    env: { NODE_OPTIONS: '', ZOOKEEPER_HOSTS: undefined, SAMPLE_INTERVAL_MS: '200', ...env },
  });
}

/** Messages of level warn and above that a process has logged. */
export function warningsOf(agent: RunningProcess): string[] {
  return agent.records.filter(isWarning).map(({ msg }) => String(msg));
}

function isWarning({ level }: LogRecord): boolean {
  return typeof level === 'number' && level >= 40;
}
