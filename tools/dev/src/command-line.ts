import { type ParseArgsConfig, parseArgs } from 'node:util';
import { ConfigurationError, maskSecrets, messageOf } from '@atalaya/service-kit';

/** The words of a command line are wrong; the message says which and what is allowed. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Exit code of a command whose words are wrong: `EX_USAGE` of sysexits.h. */
const EXIT_USAGE = 64;

/** Exit code for a configuration that is not valid: `EX_CONFIG`. */
const EXIT_CONFIGURATION = 78;

/**
 * Parses options of the form `--name value`; everything else is refused.
 *
 * @throws {@link UsageError}
 */
export function parseOptions<Names extends string>(
  args: readonly string[],
  names: readonly Names[],
): Partial<Record<Names, string>> {
  const options: ParseArgsConfig['options'] = Object.fromEntries(
    names.map((name) => [name, { type: 'string' as const }]),
  );
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values as Partial<
      Record<Names, string>
    >;
  } catch (error) {
    const known = names.map((name) => `--${name}`).join(', ');
    throw new UsageError(`${describeMistake(error)} (options: ${known})`);
  }
}

/** What stands where no word belongs may be a password without its option. */
function describeMistake(error: unknown): string {
  const isUnexpected = (error as { code?: string }).code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL';
  return isUnexpected ? 'A word of the command line belongs to no option' : messageOf(error);
}

/**
 * The whole number that an option gives, or the default where it is absent.
 *
 * @throws {@link UsageError} when it is not a whole number within the bounds
 */
export function wholeNumber(
  name: string,
  text: string | undefined,
  bounds: { default: number; min: number; max: number },
): number {
  if (text === undefined) return bounds.default;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= bounds.min && value <= bounds.max) return value;
  throw new UsageError(`--${name} ${text}: must be a whole number from ${bounds.min} to ${bounds.max}`);
}

/**
 * Runs a command and ends the process; an error becomes its message on standard error, without secrets, and an exit
 * code.
 */
export async function runCommandLine(command: () => Promise<void>): Promise<void> {
  try {
    await command();
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${maskSecrets(messageOf(error))}\n`);
    process.exit(exitCode(error));
  }
}

function exitCode(error: unknown): number {
  if (error instanceof UsageError) return EXIT_USAGE;
  return error instanceof ConfigurationError ? EXIT_CONFIGURATION : 1;
}
