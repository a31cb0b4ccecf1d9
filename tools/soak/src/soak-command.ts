import { parseOptions, runCommandLine, wholeNumber } from '@atalaya/dev';
import { exactlyOnce } from './exactly-once/exactly-once.js';

const MAX_SEED = 999_999_999;

/** `npm run soak -- --ticks N --seed N`: ticks stored exactly once under duplicates, reordering and kills of the store. */
export function soakCommand(args: readonly string[]): Promise<void> {
  return runCommandLine(async () => {
    const options = parseOptions(args, ['ticks', 'seed']);
    const ticks = wholeNumber('ticks', options.ticks, { default: 100_000, min: 1, max: 10_000_000 });
    const seed = wholeNumber('seed', options.seed, {
      default: Math.floor(Math.random() * MAX_SEED),
      min: 0,
      max: MAX_SEED,
    });
    const print = (line: string): void => {
      process.stdout.write(`${line}\n`);
    };
    print(`exactly once: ${ticks} ticks, seed ${seed}`);
    const result = await exactlyOnce({ ticks, seed, apis: 3, storeKills: 5, concurrency: 64, print });
    print(
      `${result.sent} reports sent, ${result.retries} of them again; ${result.acknowledged} acknowledged as stored, ` +
        `${result.refusedStale} refused for a stale token; ${result.read} ticks read back`,
    );
    for (const violation of result.violations.slice(0, 20)) print(`VIOLATION: ${violation}`);
    if (result.violations.length > 0)
      throw new Error(`${result.violations.length} violations (seed ${seed})`);
    print('no violation');
  });
}
