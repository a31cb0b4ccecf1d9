import { join } from 'node:path';
import { ROOT, runCommand } from './run-command.mjs';

/**
 * Runs Nx without its daemon and its terminal interface, so that nothing stays behind and the output is plain.
 *
 * @param {string[]} args
 * @param {{ quiet?: boolean, env?: NodeJS.ProcessEnv }} [options]
 */
export function nx(args, options = {}) {
  const bin = join(ROOT, 'node_modules', 'nx', 'dist', 'bin', 'nx.js');
  return runCommand([process.execPath, bin, ...args], {
    ...options,
    env: { NX_DAEMON: 'false', NX_TUI: 'false', ...options.env },
  });
}
