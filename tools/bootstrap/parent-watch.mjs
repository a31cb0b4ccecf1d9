import { readFileSync } from 'node:fs';

const CHECK_INTERVAL_MS = 500;

/** @param {number} pid @returns {number | undefined} */
function parentOf(pid) {
  try {
    // The name in parentheses may hold anything; state and parent follow the last one.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

/** @param {number} pid */
function lives(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * Ends this process with SIGTERM when the one that started it is gone. npm passes a signal only to the shell between
 * itself and this process, and the shell dies of it without a word; so npm and that shell are both watched (the former
 * where there is a /proc).
 */
export function endWithParent() {
  const parent = process.ppid;
  const underNpm = process.env.npm_lifecycle_event !== undefined;
  const grandparent = underNpm ? parentOf(parent) : undefined;
  const timer = setInterval(() => {
    if (process.ppid === parent && (grandparent === undefined || lives(grandparent))) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, CHECK_INTERVAL_MS);
  timer.unref();
}
