import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import * as library from '../../../src/index.js';

const documents = fileURLToPath(new URL('../../../docs/recipes/', import.meta.url));
const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 };

export interface ExampleRun {
  /** What it logged, a line each. */
  readonly logged: readonly string[];
  /** What the comments behind its `console.log(…)`, and the comment lines at its end, say it logs. */
  readonly promised: readonly string[];
}

/** The example of a page, as a user would copy it. */
export function exampleOf(page: string): string {
  const [, code] = /```ts\n([\s\S]*?)```/.exec(readFileSync(documents + page, 'utf8')) ?? [];
  if (code === undefined) throw new Error(`${page} has no example`);
  return code;
}

/** Runs an example against the servers; its own address is replaced, and nothing else. */
export async function runExample(code: string, hosts: string): Promise<ExampleRun> {
  const logged: string[] = [];
  const log = (...values: unknown[]) => {
    logged.push(values.map((value) => (typeof value === 'bigint' ? `${value}n` : String(value))).join(' '));
  };
  const body = code
    .replaceAll("'127.0.0.1:2181'", JSON.stringify(hosts))
    .replaceAll(/import type [^;]*;/g, '')
    .replace(/import \{([^}]*)\} from '@atalaya\/coordination';/, 'const {$1} = library;');
  const { outputText } = ts.transpileModule(`const example = async (library, console) => {\n${body}\n};`, {
    compilerOptions,
  });
  // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- the page's own code
  const example = new Function(`${outputText}\nreturn example;`)() as (...given: unknown[]) => Promise<void>;
  await example(library, { log });
  return { logged, promised: promisesOf(code) };
}

function promisesOf(code: string): string[] {
  const behind = [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, text]) => text ?? '');
  const atTheEnd = /\n((?:\/\/ .*\n)+)$/.exec(code)?.[1] ?? '';
  const lines = atTheEnd.split('\n').filter((line) => line !== '');
  return [...behind, ...lines.map((line) => line.slice('// '.length))];
}
