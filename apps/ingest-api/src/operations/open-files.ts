import { openFilesLimit, StartupError } from '@atalaya/service-kit';

/** What is left for the store, files and connections to it when every other open file is a client's connection. */
const RESERVED = 64;

/** With fewer clients at a time than this it is of no use. */
const MIN_CONNECTIONS = 64;

/**
 * How many connections of clients the limit of open files leaves room for; undefined where it is not known. Beyond the
 * limit the system itself drops connections without a word, and files cannot be opened.
 *
 * @throws {@link StartupError} when the limit is too low
 */
export function connectionBound(limit: number | undefined = openFilesLimit()): number | undefined {
  if (limit === undefined) return undefined;
  if (limit >= RESERVED + MIN_CONNECTIONS) return limit - RESERVED;
  throw new StartupError(`The limit of open files (ulimit -n) is too low: ${limit}. Set it to 1024 or more.`);
}
