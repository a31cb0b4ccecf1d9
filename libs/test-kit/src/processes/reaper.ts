import { type ChildProcess, spawn } from 'node:child_process';
import { type Writable } from 'node:stream';
import { childStdio } from './child-stdio.js';

/**
 * The reaper is one small shell process beside this one, in a session of its own. It reads what to end from a pipe
 * whose only other end is held here, so that it learns of our end however it comes: SIGKILL included, when no exit
 * handler runs. It then kills the processes and removes the folders that are still on its list.
 */
const REAPER_SCRIPT = `
pids=
while IFS=' ' read -r operation what; do
  case $operation in
    +pid) pids="$pids $what" ;;
    -pid) kept=; for pid in $pids; do [ "$pid" = "$what" ] || kept="$kept $pid"; done; pids=$kept ;;
    +folder) set -- "$@" "$what" ;;
    -folder) for folder; do shift; [ "$folder" = "$what" ] || set -- "$@" "$folder"; done ;;
  esac
done
[ -z "$pids" ] || kill -9 $pids 2>/dev/null
for folder; do
  rm -rf -- "$folder" || { sleep 1; rm -rf -- "$folder"; }
done
`;

let reaper: Writable | undefined;

/**
 * Ends this child process with SIGKILL when this process ends before the child does, even by SIGKILL.
 * POSIX systems only (`/bin/sh`).
 */
export function endWithParent(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  record(`+pid ${pid}`);
  // Off the list at once, so that a later process that is given the same number stays alive.
  child.once('exit', () => {
    record(`-pid ${pid}`);
  });
}

/**
 * Removes this folder when this process ends before it has called the function that this returns.
 *
 * @param folder an absolute path without a line break
 */
export function removeFolderWithParent(folder: string): () => void {
  record(`+folder ${folder}`);
  return () => {
    record(`-folder ${folder}`);
  };
}

function record(line: string): void {
  reaper ??= startReaper();
  reaper.write(`${line}\n`);
}

function startReaper(): Writable {
  // Detached: a Ctrl-C or a kill of the whole process group must not end the one who tidies up after it.
  const child = spawn('/bin/sh', ['-c', REAPER_SCRIPT, 'atalaya-reaper'], {
    stdio: childStdio(['pipe', 'ignore', 'ignore']),
    detached: true,
    cwd: '/',
  });
  child.unref();
  const forget = (): void => {
    reaper = undefined;
  };
  child.on('error', forget).on('exit', forget);
  child.stdin.on('error', forget);
  // A child's pipe is a socket, which would keep the event loop alive; its declared type says less.
  (child.stdin as Writable & { unref?: () => void }).unref?.();
  return child.stdin;
}
