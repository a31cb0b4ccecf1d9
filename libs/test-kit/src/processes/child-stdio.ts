import type { IOType } from 'node:child_process';
import { openSync, readdirSync, readFileSync } from 'node:fs';

const CLOSE_ON_EXEC = 0o2000000;
let devNull: number | undefined;

/**
 * As the function of that name of `@atalaya/coordination`, which this package cannot depend on: a child inherits no
 * sockets of the native ZooKeeper clients in this process.
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
