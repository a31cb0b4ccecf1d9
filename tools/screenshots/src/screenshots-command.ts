import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type GroupStatus } from '@atalaya/contracts';
import { waitFor } from '@atalaya/test-kit';
import { type Browser } from 'playwright-core';
import { launchBrowser } from './pictures.js';
import { storeSecondGroup } from './shown-history.js';
import { type ShownSystem, startShownSystem } from './shown-system.js';
import { DOCUMENTED, EVERYTHING, type Shot, takeShot } from './shots.js';
import { takeTakeover } from './takeover-sequence.js';

const PICTURE_FOLDER = join('docs', 'screenshots');
const STALE_TIMEOUT_MS = 90_000;

/**
 * `npm run screenshots [-- --all FOLDER]`: pictures of the pages of a running system for the docs, with the sequence of a
 * takeover; with `--all` of every page, in both themes and at two widths, into a folder, for whoever changes the pages.
 */
export async function screenshotsCommand(args: readonly string[]): Promise<void> {
  const [option, folder, ...rest] = args;
  const isAll = option === '--all' && folder !== undefined && rest.length === 0;
  if (option !== undefined && !isAll) {
    process.stderr.write(`unknown: ${args.join(' ')}; npm run screenshots [-- --all FOLDER]\n`);
    process.exit(64);
  }
  process.stdout.write('Starting a system with a past …\n');
  await using system = await startShownSystem();
  await storeSecondGroup(system.url);
  await waitFor(async () => (await statusOf(system)).stale.length > 0, {
    timeoutMs: STALE_TIMEOUT_MS,
    describe: 'a stale sensor',
  });
  await using browser = await launchBrowser();
  const target = folder ?? PICTURE_FOLDER;
  await mkdir(target, { recursive: true });
  await takeShots(browser, system, isAll ? EVERYTHING : DOCUMENTED, target);
  if (!isAll) await takeTakeover(browser, system, target);
  process.stdout.write(`The pictures are in ${target}.\n`);
}

async function statusOf({ url }: ShownSystem): Promise<GroupStatus> {
  return (await (await fetch(`${url}/api/v1/status`)).json()) as GroupStatus;
}

async function takeShots(
  browser: Browser,
  { url }: ShownSystem,
  shots: readonly Shot[],
  folder: string,
): Promise<void> {
  for (const shot of shots) await takeShot(browser, url, shot, folder);
}
