import { join } from 'node:path';
import { PARTS, type Print } from './parts.js';
import { writeReport } from './report/write-report.js';

const REPORT_FOLDER = join('docs', 'benchmarks');

/** Exit code of a command whose words are wrong: `EX_USAGE` of sysexits.h. */
const EXIT_USAGE = 64;

/**
 * `npm run bench [-- part …] [--quick]`: all benchmarks, or the named parts. A full run writes the report of each part to
 * `docs/benchmarks` as soon as it is over; a quick one, which is too short for that, only prints. A part that fails does not
 * keep the others from running; the exit code is then 1.
 */
export async function benchCommand(args: readonly string[]): Promise<void> {
  const quick = args.includes('--quick');
  const names = args.filter((word) => !word.startsWith('--'));
  const wrong = args.filter((word) =>
    word.startsWith('--') ? word !== '--quick' : !Object.hasOwn(PARTS, word),
  );
  if (wrong.length > 0) {
    process.stderr.write(`${args.includes('--help') ? '' : `unknown: ${wrong.join(', ')}\n`}${usage()}\n`);
    process.exit(args.includes('--help') ? 0 : EXIT_USAGE);
  }
  const print: Print = (line) => {
    process.stdout.write(`${line}\n`);
  };
  for (const [name, { run }] of Object.entries(PARTS)) {
    if (names.length > 0 && !names.includes(name)) continue;
    print(`${name}: begun at ${new Date().toISOString()}`);
    try {
      const section = await run(print, quick);
      if (quick) continue;
      await writeReport(REPORT_FOLDER, name, section);
      print(`  The report is in ${join(REPORT_FOLDER, `${name}.md`)}.`);
    } catch (error) {
      process.exitCode = 1;
      process.stderr.write(
        `${name} has failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
      );
    }
  }
}

function usage(): string {
  const parts = Object.entries(PARTS).map(([name, { about }]) => `  ${name.padEnd(10)} ${about}`);
  return ['npm run bench [-- part …] [--quick]; the parts are', ...parts].join('\n');
}
