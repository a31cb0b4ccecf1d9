import { watch } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildDigest } from './built-projects.js';

/** Written anew by the compiler's process at the end of each build. */
export const BUILD_MARK = fileURLToPath(new URL('last-build', import.meta.url));

/** Lets the served services know that a build has ended. */
export function markBuild(mark = BUILD_MARK): Promise<void> {
  return writeFile(mark, new Date().toISOString());
}

/**
 * Calls the listener each time that a build has ended which has changed what one of the `dist` folders holds to be run, until
 * the signal aborts.
 */
export function onRebuilt(
  folders: readonly string[],
  listener: () => void,
  { signal, mark = BUILD_MARK }: { signal: AbortSignal; mark?: string },
): void {
  let digest = buildDigest(folders);
  watch(dirname(mark), { signal }, (_event, entry) => {
    if (entry !== null && entry !== basename(mark)) return;
    const now = buildDigest(folders);
    if (now === digest) return;
    digest = now;
    listener();
  });
}
