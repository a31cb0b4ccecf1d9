import { access, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { missingEngine } from '../engine/docker.js';
import { stackOptions } from '../options.js';
import { createSecretFiles, createSwarmSecrets, FOR_PEOPLE } from './create-secrets.js';
import { type Secret, SECRETS } from './secrets.js';

const USAGE = `Usage: npm run secrets -w @atalaya/deploy -- [options]
Creates the secrets that are missing, with random values.
  --files               as files in deploy/secrets, for docker compose; else in the swarm
  --stack NAME          name of the stack (atalaya)
  --secrets-version N   version of the secrets (1)
  --from DIRECTORY      takes a secret's value from the file of its name there, if there is one`;

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      files: { type: 'boolean', default: false },
      stack: { type: 'string' },
      'secrets-version': { type: 'string' },
      from: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const created = values.files ? await asFiles() : await inSwarm(values);
  for (const secret of Object.keys(created)) console.log(`created ${secret}`);
  for (const secret of FOR_PEOPLE) {
    const value = created[secret];
    if (value !== undefined) console.log(`${secret}: ${value}  (shown this once)`);
  }
  if (Object.keys(created).length === 0) console.log('all secrets exist');
}

async function asFiles() {
  return createSecretFiles(resolve(import.meta.dirname, '../../secrets'));
}

async function inSwarm(values: { stack?: string; 'secrets-version'?: string; from?: string }) {
  const missing = await missingEngine();
  if (missing !== undefined) throw new Error(missing);
  const version = values['secrets-version'];
  const options = stackOptions({
    ...(values.stack === undefined ? {} : { stack: values.stack }),
    ...(version === undefined ? {} : { secretsVersion: Number(version) }),
  });
  return createSwarmSecrets(options, values.from === undefined ? {} : await given(values.from));
}

async function given(directory: string): Promise<Partial<Record<Secret, string>>> {
  // npm runs this in the project's folder: a path that was typed is meant from where it was typed.
  const folder = resolve(process.env.INIT_CWD ?? process.cwd(), directory);
  await access(folder);
  const found: Partial<Record<Secret, string>> = {};
  for (const secret of SECRETS) {
    try {
      found[secret] = (await readFile(join(folder, secret), 'utf8')).trimEnd();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return found;
}
