/** With fewer open files than this, modules may be what cannot be opened. */
const ENOUGH_OPEN_FILES = 256;

/**
 * Loads a program by `load`, which imports its modules. Imports nothing itself: under a low limit of open files (`ulimit
 * -n`) the modules cannot be read, which ends the process with a message and exit code 1.
 */
export async function loadProgram(name: string, load: () => Promise<unknown>): Promise<void> {
  try {
    await load();
  } catch (error) {
    if (!lacksOpenFiles(error as NodeJS.ErrnoException)) throw error;
    process.stderr.write(
      `${name}: The limit of open files (ulimit -n) is too low to start (${openFilesLimit()}). Set it to 1024 or more.\n`,
    );
    process.exit(1);
  }
}

function lacksOpenFiles({ code }: NodeJS.ErrnoException): boolean {
  // A file that cannot be opened may be one that is not there to Node.js.
  return code === 'EMFILE' || (code === 'ERR_MODULE_NOT_FOUND' && openFilesLimit() < ENOUGH_OPEN_FILES);
}

function openFilesLimit(): number {
  const { userLimits } = process.report.getReport() as {
    userLimits: { open_files: { soft: number | 'unlimited' } };
  };
  const { soft } = userLimits.open_files;
  return soft === 'unlimited' ? Infinity : soft;
}
