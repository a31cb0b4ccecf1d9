import { readdirSync, readFileSync } from 'node:fs';

/**
 * Whether a process that SIGSTOP was sent to stands still: on a busy machine its threads go on for a moment. One that has
 * ended does, and where there is no `/proc`, every one is taken to.
 */
export function isStandingStill(pid: number): boolean {
  return threadStates(pid).every((state) => state === 'T' || state === 't');
}

/** One letter for each thread of a process. */
function threadStates(pid: number): string[] {
  const folder = `/proc/${pid}/task`;
  try {
    return readdirSync(folder).flatMap((thread) => stateOf(`${folder}/${thread}/stat`) ?? []);
  } catch {
    return [];
  }
}

/** Undefined for a thread that has ended meanwhile. */
function stateOf(file: string): string | undefined {
  try {
    const stat = readFileSync(file, 'utf8');
    // The second field, the name, may hold spaces and parentheses.
    return stat.charAt(stat.lastIndexOf(')') + 2);
  } catch {
    return undefined;
  }
}
