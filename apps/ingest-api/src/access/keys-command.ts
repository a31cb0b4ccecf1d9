import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { maskSecrets, messageOf } from '@atalaya/service-kit';
import { type z } from 'zod';
import { hashOf, keyFileSchema, newKey, parseKeyFile, type StoredKey, storedKeySchema } from './api-key.js';

const DEFAULT_FILE = '.atalaya/keys.json';
const DAY_MS = 86_400_000;

const USAGE = `Usage: npm run keys -- <command> [options]
  add NAME      makes a key and prints it, this once
    --scopes read,write,admin   what it may do: read values, write them, clear groups (write)
    --groups GROUP,GROUP        the groups that it is for (all)
    --expires DAYS              days that it is good for (without end)
  list          names, scopes, groups and ends of all keys
  remove NAME   a key is not good any more
  --file PATH   the file of keys, which API_KEYS_FILE names (${DEFAULT_FILE})`;

/** What a person typed is not possible; the message says why. */
class CommandError extends Error {}

/** `npm run keys`: makes, lists and removes keys in a file. Returns the exit code. */
export async function keysCommand(
  args: readonly string[],
  print: (line: string) => void = console.log,
  complain: (line: string) => void = console.error,
): Promise<number> {
  try {
    await run(args, print);
    return 0;
  } catch (error) {
    const isUsage =
      error instanceof CommandError || (error as { code?: string }).code?.startsWith('ERR_PARSE');
    complain(maskSecrets(messageOf(error)));
    if (isUsage) complain(USAGE);
    return 1;
  }
}

async function run(args: readonly string[], print: (line: string) => void): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      file: { type: 'string', default: DEFAULT_FILE },
      scopes: { type: 'string', default: 'write' },
      groups: { type: 'string' },
      expires: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const [command, name, ...rest] = positionals;
  if (values.help || command === undefined) {
    print(USAGE);
    return;
  }
  if (rest.length > 0) throw new CommandError(`${rest.join(' ')}: one name at a time`);
  const keys = await readKeys(values.file);
  switch (command) {
    case 'add': {
      if (name === undefined) throw new CommandError('add needs a name');
      if (keys.some((key) => key.name === name))
        throw new CommandError(`there is a key ${name} in ${values.file}`);
      const secret = newKey();
      await writeKeys(values.file, [...keys, keyOf(name, secret, values)]);
      print(secret);
      return;
    }
    case 'list':
      for (const key of keys) print(describe(key));
      return;
    case 'remove': {
      const left = keys.filter((key) => key.name !== name);
      if (left.length === keys.length)
        throw new CommandError(`there is no key ${name ?? ''} in ${values.file}`);
      await writeKeys(values.file, left);
      print(`${name ?? ''} is removed`);
      return;
    }
    default:
      throw new CommandError(`${command} is no command`);
  }
}

function keyOf(
  name: string,
  secret: string,
  values: { scopes: string; groups?: string | undefined; expires?: string | undefined },
): StoredKey {
  const result = storedKeySchema.safeParse({
    name,
    sha256: hashOf(secret),
    scopes: values.scopes.split(','),
    ...(values.groups === undefined ? {} : { groups: values.groups.split(',') }),
    ...(values.expires === undefined ? {} : { expires: endAfter(values.expires) }),
  });
  if (result.success) return result.data;
  throw new CommandError(result.error.issues.map(problemOf).join('; '));
}

function problemOf({ path, message }: z.core.$ZodIssue): string {
  return `${String(path[0] ?? '')}: ${message}`;
}

function endAfter(days: string): string {
  if (!/^\d{1,5}$/.test(days) || Number(days) === 0) {
    throw new CommandError(`--expires ${days}: must be a number of days from 1 to 99999`);
  }
  return new Date(Date.now() + Number(days) * DAY_MS).toISOString();
}

function describe({ name, scopes, groups, expires }: StoredKey): string {
  const end = expires === undefined ? 'without end' : `until ${expires}`;
  const over = expires !== undefined && Date.parse(expires) <= Date.now() ? ' (over)' : '';
  return `${name}  ${scopes.join(',')}  ${groups?.join(',') ?? 'all groups'}  ${end}${over}`;
}

async function readKeys(path: string): Promise<StoredKey[]> {
  try {
    return parseKeyFile(await readFile(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new Error(`${path} cannot be used: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** In one step, so that a server never reads half of it. */
async function writeKeys(path: string, keys: readonly StoredKey[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.new`;
  await writeFile(temporary, `${JSON.stringify(keyFileSchema.parse({ keys }), null, 2)}\n`, { mode: 0o600 });
  await rename(temporary, path);
}
