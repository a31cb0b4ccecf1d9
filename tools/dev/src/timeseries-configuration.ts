import { parseConfiguration, secret } from '@atalaya/service-kit';
import { z } from 'zod';
import { parseOptions, wholeNumber } from './command-line.js';

const REDIS_PORT = 6379;

/** What `npm run timeseries` is asked for. */
export interface TimeseriesConfiguration {
  port: number;
  dataDir: string;
  password: string | undefined;
}

/**
 * Reads the command line, and from the environment the password: there other users of the machine do not see it, as
 * they do in a command line.
 *
 * @throws UsageError for the command line, ConfigurationError for the environment
 */
export function timeseriesConfiguration(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): TimeseriesConfiguration {
  const options = parseOptions(args, ['port', 'data', 'password', 'password-file']);
  const isGiven = options.password !== undefined || options['password-file'] !== undefined;
  const { TIMESERIES_PASSWORD: password } = parseConfiguration(
    'timeseries',
    z.object({ TIMESERIES_PASSWORD: secret().optional() }),
    isGiven
      ? { TIMESERIES_PASSWORD: options.password, TIMESERIES_PASSWORD_FILE: options['password-file'] }
      : environment,
  );
  return {
    port: wholeNumber('port', options.port, { default: REDIS_PORT, min: 0, max: 65_535 }),
    dataDir: options.data ?? '.atalaya',
    password,
  };
}
