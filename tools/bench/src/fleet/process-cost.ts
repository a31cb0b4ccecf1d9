import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks of /proc a second: a constant of Linux on the machines that Node.js runs on. */
const TICKS_PER_SECOND = 100;

/** CPU time that processes have used so far, in s. */
export function cpuSeconds(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const fields = statFields(pid);
    return sum + (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  }, 0);
}

/** The most memory that each process has held so far, the largest of them, in MB. */
export function peakMemoryMb(pids: readonly number[]): number {
  return Math.max(
    ...pids.map((pid) => {
      const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      return Number(peak) / 1024;
    }),
  );
}

/** Child processes of this one that run the program. */
export function childrenRunning(program: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const parent = Number(statFields(pid)[1]);
        return parent === process.pid && readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === program;
      } catch {
        // It ended meanwhile.
        return false;
      }
    });
}

/** The fields of /proc/<pid>/stat from the third on: the second, the name, may hold spaces. */
function statFields(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}
