import { join } from 'node:path';
import { ROOT, runCommand } from './run-command.mjs';

/**
 * Runs Nx without its daemon and its terminal interface, so that nothing stays behind and the output is plain.
 *
 * @param {string[]} args
 * @param {{ quiet?: boolean }} [options]
 */
export function nx(args, options = {}) {
  const bin = join(ROOT, 'node_modules', 'nx', 'dist', 'bin', 'nx.js');
  return runCommand([process.execPath, bin, ...args], {
    ...options,
    env: { NX_DAEMON: 'false', NX_TUI: 'false' },
  });
}

/**
 * Builds the named projects and what they depend on; what has not changed is taken from Nx's cache.
 *
 * @param {string[]} projects
 */
export async function build(projects) {
  process.stdout.write('Building …\n');
  await nx(['run-many', '--targets=build', `--projects=${projects.join(',')}`], { quiet: true });
}
