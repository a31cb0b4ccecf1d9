import { readdirSync, readFileSync } from 'node:fs';

/** Processes whose bytes are by far most of them those of files. */
export const STORE_ROLE = 'API with store';

/** Clock ticks of /proc a second: a constant of Linux on the machines that Node.js runs on. */
const TICKS_PER_SECOND = 100;

/** What processes have used so far, together. */
export interface Usage {
  readonly cpuSeconds: number;
  /** Bytes that they have read and written, of sockets and files. */
  readonly readBytes: number;
  readonly writtenBytes: number;
}

/** @throws when one of them has ended */
export function usageOf(pids: readonly number[]): Usage {
  const sum = { cpuSeconds: 0, readBytes: 0, writtenBytes: 0 };
  for (const pid of pids) {
    const fields = statFields(pid);
    sum.cpuSeconds += (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    const io = readFileSync(`/proc/${pid}/io`, 'utf8');
    sum.readBytes += Number(/^rchar: (\d+)/m.exec(io)?.[1]);
    sum.writtenBytes += Number(/^wchar: (\d+)/m.exec(io)?.[1]);
  }
  return sum;
}

/** The most memory that each process has held so far, the largest of them, in MB. */
export function peakMemoryMb(pids: readonly number[]): number {
  return Math.max(...pids.map((pid) => memoryMb(pid, 'VmHWM')));
}

/** The memory that a process holds now, in MB. */
export function memoryNowMb(pid: number): number {
  return memoryMb(pid, 'VmRSS');
}

/** What of the memory of each process are pages of files now, the largest of them, in MB. */
export function filePagesMb(pids: readonly number[]): number {
  return Math.max(...pids.map((pid) => memoryMb(pid, 'RssFile')));
}

function memoryMb(pid: number, field: 'VmHWM' | 'VmRSS' | 'RssFile'): number {
  const kilobytes = new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(
    readFileSync(`/proc/${pid}/status`, 'utf8'),
  )?.[1];
  return Number(kilobytes) / 1024;
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
