import { readFileSync } from 'node:fs';

/** The limit of open files of this process (`ulimit -n`); undefined where the system does not say it, as only Linux does. */
export function openFilesLimit(): number | undefined {
  try {
    const [, limit] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return limit === undefined ? undefined : Number(limit);
  } catch {
    return undefined;
  }
}
