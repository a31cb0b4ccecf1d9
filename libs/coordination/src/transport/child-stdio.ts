import type { IOType } from 'node:child_process';
import { openSync, readdirSync, readFileSync } from 'node:fs';

const CLOSE_ON_EXEC = 0o2000000;
let devNull: number | undefined;

/**
 * The `stdio` option for child processes of a program that holds a client: what is given, and `/dev/null` in place of
 * every other descriptor that the child would inherit.
 *
 * The native client's sockets are inherited by children, which Node's own are not. While a child lives, a connection
 * that was closed is then still polled: the event loop spins, and the client may be unable to connect again. On systems
 * without `/proc` it returns what is given. Its type is that of what is given, by which `spawn` knows the streams.
 *
 * @example
 * spawn('sleep', ['60'], { stdio: childStdio(['ignore', 'pipe', 'pipe']) });
 */
export function childStdio<const T extends (IOType | number)[]>(stdio: T): T {
  const others: (IOType | number)[] = [];
  for (const descriptor of inheritedDescriptors()) {
    if (descriptor < stdio.length) continue;
    const index = descriptor - stdio.length;
    // Above standard error this leaves a descriptor as it is.
    while (others.length < index) others.push('ignore');
    others[index] = devNull ??= openSync('/dev/null', 'r+');
  }
  return [...stdio, ...others] as unknown as T;
}

function inheritedDescriptors(): number[] {
  let names: string[];
  try {
    names = readdirSync('/proc/self/fdinfo');
  } catch {
    return [];
  }
  return names
    .map(Number)
    .filter((descriptor) => !isClosedOnExec(descriptor))
    .sort((a, b) => a - b);
}

function isClosedOnExec(descriptor: number): boolean {
  try {
    const info = readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1');
    return (parseInt(/^flags:\s+(\d+)/m.exec(info)?.[1] ?? '0', 8) & CLOSE_ON_EXEC) !== 0;
  } catch {
    // Closed in the meantime, as the one that listed the folder.
    return true;
  }
}
