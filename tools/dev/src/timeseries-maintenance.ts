import {
  backUpTimeSeries,
  type BackupSummary,
  checkBackup,
  compactTimeSeries,
  restoreTimeSeries,
} from '@atalaya/embedded-timeseries';
import { parseOptions, UsageError } from './command-line.js';

type Print = (line: string) => void;
type Maintenance = (args: readonly string[], print: Print) => Promise<void>;

const commands: Readonly<Record<string, Maintenance>> = {
  async backup(args, print) {
    const { operand: target, dataDir } = words('backup', args, 'the folder of the new backup');
    const summary = await backUpTimeSeries({ dataDir, target });
    print(`Backed up ${dataDir} in ${target}, and read it back: ${describe(summary)}.`);
  },
  async restore(args, print) {
    const { operand: backup, dataDir } = words('restore', args, 'the folder of the backup');
    const summary = await restoreTimeSeries({ backup, dataDir });
    print(`Restored ${backup} to ${dataDir}: ${describe(summary)}.`);
  },
  async verify(args, print) {
    const { operand: backup } = words('verify', args, 'the folder of the backup');
    print(`${backup} is as it was made: ${describe(await checkBackup(backup))}.`);
  },
  async compact(args, print) {
    const dataDir = parseOptions(args, ['data']).data ?? DEFAULT_DATA_DIR;
    const { bytesBefore, bytesAfter } = await compactTimeSeries({ dataDir });
    print(`Compacted ${dataDir}: ${megabytes(bytesBefore)} before, ${megabytes(bytesAfter)} now.`);
  },
};

const DEFAULT_DATA_DIR = '.atalaya';

/** Whether the words of `npm run timeseries` name something else than serving. */
export function namesMaintenance([name]: readonly string[]): boolean {
  return name !== undefined && !name.startsWith('-');
}

/**
 * `npm run timeseries -- backup FOLDER | restore FOLDER | verify FOLDER | compact [--data DIR]`: `backup` may run while
 * a server uses the data folder, `restore` and `compact` may not.
 *
 * @throws UsageError; BackupError, DataFolderError and their kinds
 */
export async function maintainTimeseries(args: readonly string[], print: Print): Promise<void> {
  const [name = '', ...rest] = args;
  const command = commands[name];
  if (command === undefined) {
    throw new UsageError(
      `${name} is no command: name one of ${Object.keys(commands).join(', ')}, or options alone to serve`,
    );
  }
  await command(rest, print);
}

function words(name: string, args: readonly string[], meaning: string): { operand: string; dataDir: string } {
  const [operand, ...options] = args;
  if (operand === undefined || operand.startsWith('-')) {
    throw new UsageError(`timeseries -- ${name} FOLDER [--data DIR]: FOLDER is ${meaning}`);
  }
  return { operand, dataDir: parseOptions(options, ['data']).data ?? DEFAULT_DATA_DIR };
}

function describe({ madeAt, bytes, contents }: BackupSummary): string {
  const { keys, series, samples } = contents;
  return `${keys} keys, ${series} of them series with ${samples} samples, as of ${madeAt}, ${megabytes(bytes)}`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
