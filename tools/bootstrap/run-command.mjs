import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endWithParent } from './parent-watch.mjs';

/** The root folder of the workspace. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A command of a root script failed; its own output has said why. */
export class CommandFailed extends Error {
  /**
   * @param {string} command
   * @param {number} exitCode
   */
  constructor(command, exitCode) {
    super(`failed with exit code ${exitCode}: ${command}`);
    this.exitCode = exitCode;
  }
}

/** What the user has to do before a root command can run; the whole message, shown without a stack. */
export class RequirementMissing extends Error {}

/**
 * Runs a command in the workspace's root with its output shown. With `quiet` the output is shown only when it fails.
 *
 * @param {string[]} command
 * @param {{ quiet?: boolean, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<void>}
 */
export function runCommand(command, options = {}) {
  const [file = '', ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: ROOT,
      env: { ...process.env, ...options.env },
      stdio: options.quiet === true ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    });
    /** @type {Buffer[]} */
    const output = [];
    child.stdout?.on('data', (/** @type {Buffer} */ chunk) => output.push(chunk));
    child.stderr?.on('data', (/** @type {Buffer} */ chunk) => output.push(chunk));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) {
        resolve();
        return;
      }
      process.stderr.write(Buffer.concat(output));
      reject(new CommandFailed(command.join(' '), code ?? (signal === 'SIGINT' ? 130 : 1)));
    });
  });
}

/**
 * Runs the work of a root command and turns its failure into a message and an exit code.
 *
 * @param {() => Promise<void>} work
 */
export async function runRootCommand(work) {
  endWithParent();
  try {
    await work();
  } catch (error) {
    if (error instanceof CommandFailed) {
      process.stderr.write(`${error.message}\n`);
      process.exit(error.exitCode);
    }
    if (error instanceof RequirementMissing) {
      process.stderr.write(`${error.message}\n`);
      process.exit(1);
    }
    throw error;
  }
}
