import { execFileSync } from 'node:child_process';
import { temporaryFolder } from './temporary-folder.js';

/** Only root can mount a small disk. */
export function canMount(): boolean {
  const folder = temporaryFolder();
  try {
    mountSmallDisk(folder.path);
    unmount(folder.path);
    return true;
  } catch {
    return false;
  } finally {
    folder.remove();
  }
}

/** A disk of 4 MiB in memory. */
export function mountSmallDisk(path: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', path], { stdio: 'ignore' });
}

export function unmount(path: string): void {
  execFileSync('umount', [path]);
}
