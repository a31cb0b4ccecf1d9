import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Ids of the processes whose command line holds this text. */
export async function processesMentioning(text: string): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-ww', '-o', 'pid=,args=']);
  return stdout
    .split('\n')
    .filter((line) => line.includes(text))
    .map((line) => Number.parseInt(line, 10));
}

/** Whether a process is there and more than the remains of one that nobody has waited for. */
export async function isRunning(pid: number): Promise<boolean> {
  const state = promisify(execFile)('ps', ['-o', 'stat=', '-p', String(pid)]);
  return state.then(
    ({ stdout }) => !stdout.trim().startsWith('Z'),
    () => false,
  );
}
