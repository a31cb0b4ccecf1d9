import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { messageOf } from '../errors/message-of.js';
import { maskSecrets } from '../secrets/mask-secrets.js';
import { isSecret } from './fields.js';

/** Every problem of a configuration in one message; each names its variable, the value and what is allowed. */
export class ConfigurationError extends Error {
  readonly code = 'CONFIGURATION_INVALID';

  constructor(
    readonly serviceName: string,
    readonly problems: readonly string[],
  ) {
    super(
      `${serviceName}: the configuration is not valid:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
    );
    this.name = 'ConfigurationError';
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The value of a variable and the name of the variable that it was found under. */
interface Setting {
  name: string;
  value: string;
}

/**
 * Parses the variables that `schema` names from `environment` and freezes the result.
 *
 * An empty value counts as unset. A secret `X` may come from the file that `X_FILE` names, less one final line break.
 * `aliases` gives second names of variables, used when the first is unset.
 *
 * @throws {@link ConfigurationError} with all problems together
 */
export function parseConfiguration<Schema extends z.ZodObject>(
  serviceName: string,
  schema: Schema,
  environment: Environment,
  aliases: Readonly<Record<string, string>> = {},
): Readonly<z.output<Schema>> {
  const problems: string[] = [];
  const settings = new Map<string, Setting>();
  for (const [name, field] of Object.entries(schema.shape)) {
    const secret = isSecret(field as z.core.$ZodType);
    const setting = findSetting(environment, name, aliases[name], secret, problems);
    if (setting !== undefined) settings.set(name, setting);
  }
  const input = Object.fromEntries([...settings].map(([name, { value }]) => [name, value]));
  const result = schema.safeParse(input);
  if (!result.success) {
    for (const issue of result.error.issues) {
      const name = String(issue.path[0] ?? '');
      const field = schema.shape[name] as z.core.$ZodType | undefined;
      problems.push(describe(name, settings.get(name), field !== undefined && isSecret(field), issue));
    }
  }
  if (problems.length > 0 || !result.success) throw new ConfigurationError(serviceName, problems);
  return Object.freeze(result.data);
}

/** The values of the fields that are secrets. */
export function secretsIn(schema: z.ZodObject, configuration: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(schema.shape).flatMap(([name, field]) => {
    const value = configuration[name];
    return typeof value === 'string' && isSecret(field as z.core.$ZodType) ? [value] : [];
  });
}

function findSetting(
  environment: Environment,
  name: string,
  alias: string | undefined,
  secret: boolean,
  problems: string[],
): Setting | undefined {
  for (const candidate of alias === undefined ? [name] : [name, alias]) {
    const value = environment[candidate];
    if (value !== undefined && value !== '') {
      if (secret && isSet(environment[`${candidate}_FILE`])) {
        problems.push(`${candidate} and ${candidate}_FILE are both set: keep one of them`);
      }
      return { name: candidate, value };
    }
  }
  const path = environment[`${name}_FILE`];
  if (!secret || !isSet(path)) return undefined;
  try {
    const value = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    if (value !== '') return { name: `${name}_FILE`, value };
    problems.push(`${name}_FILE=${JSON.stringify(path)}: the file is empty`);
  } catch (error) {
    problems.push(`${name}_FILE=${JSON.stringify(path)}: the file cannot be read (${messageOf(error)})`);
  }
  return undefined;
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

function describe(
  name: string,
  setting: Setting | undefined,
  secret: boolean,
  issue: z.core.$ZodIssue,
): string {
  if (name === '') return issue.message;
  if (setting === undefined) {
    return issue.code === 'invalid_type' ? `${name} is required` : `${name}: ${issue.message}`;
  }
  return `${setting.name}=${secret ? '(hidden)' : maskSecrets(JSON.stringify(setting.value))}: ${maskSecrets(issue.message)}`;
}
