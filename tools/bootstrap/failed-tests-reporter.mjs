import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Names the folder into which what failed is written; see run-tests.mjs. */
export const FAILED_TESTS_FOLDER = 'FAILED_TESTS_FOLDER';

/** A Jest reporter: writes what failed in a test file, as Jest prints it, into a folder that the environment names. */
export default class FailedTestsReporter {
  #files = 0;

  /**
   * @param {{ context: { config: { displayName?: { name: string } } } }} test
   * @param {{ testFilePath: string, failureMessage?: string | null }} result
   */
  onTestFileResult(test, { testFilePath, failureMessage }) {
    const folder = process.env[FAILED_TESTS_FOLDER];
    if (folder === undefined || failureMessage === null || failureMessage === undefined) return;
    this.#files += 1;
    const name = test.context.config.displayName?.name ?? '';
    writeFileSync(
      join(folder, `${process.pid}-${this.#files}.txt`),
      `FAIL ${name} ${testFilePath}\n${failureMessage}`,
    );
  }
}
