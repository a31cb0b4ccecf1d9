import { openFilesLimit } from './open-files-limit.js';

/** With fewer open files than this, modules may be what cannot be opened. */
const ENOUGH_OPEN_FILES = 256;
/** With fewer, what starts could not work. */
const MIN_OPEN_FILES = 64;

/**
 * Loads a program by `load`, which imports its modules. Imports next to nothing itself: under a low limit of
 * open files (`ulimit -n`) the modules cannot be read, which ends the process with a message and exit code 1. Releases of
 * Node.js differ in how many files they open at a time while they load: below 64 no attempt is made.
 */
export async function loadProgram(name: string, load: () => Promise<unknown>): Promise<void> {
  if (limit() < MIN_OPEN_FILES) refuse(name);
  try {
    await load();
  } catch (error) {
    if (!lacksOpenFiles(error as NodeJS.ErrnoException)) throw error;
    refuse(name);
  }
}

function refuse(name: string): never {
  process.stderr.write(
    `${name}: The limit of open files (ulimit -n) is too low to start (${limit()}). Set it to 1024 or more.\n`,
  );
  process.exit(1);
}

function lacksOpenFiles({ code }: NodeJS.ErrnoException): boolean {
  // A file that cannot be opened may be one that is not there to Node.js.
  return code === 'EMFILE' || (code === 'ERR_MODULE_NOT_FOUND' && limit() < ENOUGH_OPEN_FILES);
}

function limit(): number {
  return openFilesLimit() ?? Infinity;
}
