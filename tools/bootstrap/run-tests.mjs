import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FAILED_TESTS_FOLDER } from './failed-tests-reporter.mjs';
import { nx } from './nx.mjs';

/**
 * Runs the tests of the projects that the arguments of `nx run-many` select. Projects print whole when they end; what
 * failed in them is printed once more at the end, where it is looked for first.
 *
 * @param {string[]} args
 */
export async function runTests(args) {
  const folder = await mkdtemp(join(tmpdir(), 'atalaya-failed-tests-'));
  try {
    await nx(['run-many', '--targets=test', '--output-style=static', ...args], {
      env: { [FAILED_TESTS_FOLDER]: folder },
    });
  } catch (error) {
    for (const name of (await readdir(folder)).sort()) {
      process.stderr.write(`\n${await readFile(join(folder, name), 'utf8')}`);
    }
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
