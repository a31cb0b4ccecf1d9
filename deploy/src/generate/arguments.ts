import { parseArgs } from 'node:util';
import { z } from 'zod';
import { type StackOptions, stackOptionsSchema } from '../options.js';

/** What the command line asked for. */
export interface GenerateArguments {
  options: StackOptions;
  /** Folder to write to; undefined is the project's own, whose files are committed. */
  outputDirectory: string | undefined;
}

/** Every option as `--kebab-case`, for instance `--zookeeper-servers 5`, `--routing host`, `--no-grafana`. */
export function optionNames(): string[] {
  return Object.keys(stackOptionsSchema.shape).map(flag);
}

/**
 * Reads the command line of `generate`.
 *
 * @throws {TypeError} for an unknown option
 * @throws {Error} naming every value that is not allowed
 */
export function parseGenerateArguments(args: string[]): GenerateArguments {
  const { values } = parseArgs({
    args,
    allowNegative: true,
    options: {
      'output-directory': { type: 'string' },
      ...Object.fromEntries(
        Object.entries(stackOptionsSchema.shape).map(([key, schema]) => [flag(key), argument(schema)]),
      ),
    },
  });
  const input = Object.fromEntries(
    Object.entries(stackOptionsSchema.shape).flatMap(([key, schema]) => {
      const value = (values as Record<string, unknown>)[flag(key)];
      return value === undefined ? [] : [[key, typed(value, schema)]];
    }),
  );
  const parsed = stackOptionsSchema.safeParse(input);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      (issue) => `  --${flag(String(issue.path[0]))} ${issue.message}`,
    );
    throw new Error(`The stack cannot be generated with these options:\n${problems.join('\n')}`);
  }
  return { options: parsed.data, outputDirectory: values['output-directory'] };
}

function flag(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function inner(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.ZodDefault ? schema.unwrap() : schema;
}

function argument(schema: z.core.$ZodType): { type: 'string' | 'boolean'; multiple?: boolean } {
  const type = inner(schema);
  if (type instanceof z.ZodBoolean) return { type: 'boolean' };
  return { type: 'string', multiple: type instanceof z.ZodArray };
}

function typed(value: unknown, schema: z.core.$ZodType): unknown {
  const type = inner(schema);
  return type instanceof z.ZodNumber || type instanceof z.ZodLiteral ? Number(value) : value;
}
