import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import type * as Playwright from 'playwright-core';
import { TestKitError } from '../errors.js';
import { isMissingPackage } from '../optional-packages/is-missing-package.js';

const COMMANDS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
const APPLICATIONS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/**
 * Path of a browser that `playwright-core` drives as Chromium. The first that is there is taken: the one that
 * `CHROMIUM_PATH` names, one on the `PATH` (`chromium`, `google-chrome`, …), an application of macOS, one that the
 * `playwright-core` of the current folder's project has downloaded.
 *
 * @throws TestKitError `CHROMIUM_MISSING` with each way to get one
 */
export function findChromium({
  // eslint-disable-next-line no-restricted-properties -- the surroundings of a test run are what is looked at here
  env = process.env,
}: { readonly env?: Readonly<Record<string, string | undefined>> } = {}): string {
  const named = env.CHROMIUM_PATH;
  if (named !== undefined && named !== '') {
    if (isExecutable(named)) return named;
    throw new TestKitError('CHROMIUM_MISSING', `CHROMIUM_PATH is '${named}', which is no executable file`);
  }
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const candidates = [
    ...COMMANDS.flatMap((command) => folders.map((folder) => join(folder, command))),
    ...APPLICATIONS,
  ];
  const found = candidates.find(isExecutable) ?? downloadedByPlaywright();
  if (found !== undefined) return found;
  throw new TestKitError(
    'CHROMIUM_MISSING',
    'There is no Chromium for the browser tests. Get one in any of these ways: ' +
      'install the Debian or Ubuntu package (apt-get install chromium); install Google Chrome; ' +
      "let Playwright download one (npx playwright-core install chromium); or set CHROMIUM_PATH to a browser's executable",
  );
}

function downloadedByPlaywright(): string | undefined {
  // The one of the project under test, whose version decides which browser it has downloaded. Loaded only here: the
  // library is large, and most users of the test kit drive no browser.
  const load = createRequire(join(process.cwd(), 'package.json'));
  try {
    const path = (load('playwright-core') as typeof Playwright).chromium.executablePath();
    return isExecutable(path) ? path : undefined;
  } catch (error) {
    if (isMissingPackage(error, 'playwright-core')) return undefined;
    throw error;
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
