import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const workspace = fileURLToPath(new URL('../../../../', import.meta.url));

/** Folders of the packages that are published. */
export const publishedPackages = [
  'libs/zookeeper-protocol',
  'libs/zookeeper-wire',
  'libs/coordination',
  'libs/redis-timeseries',
  'libs/test-kit',
] as const;

/** The path of something in the workspace's `node_modules`. */
export function installed(name: string): string {
  return `${workspace}node_modules/${name}`;
}

/**
 * Runs a command in a folder, with a `PATH` of its own where one is given, and resolves with what it writes to stdout; a failure has all of its output in the message. Nothing of
 * the surrounding npm and Jest reaches it through the environment.
 */
export async function run(
  where: string | { readonly cwd: string; readonly path: string },
  command: string,
  ...args: readonly string[]
): Promise<string> {
  const { cwd, path } = typeof where === 'string' ? { cwd: where, path: process.env.PATH } : where;
  const inherited = Object.entries(process.env).filter(
    ([name]) =>
      !/^(npm_|node_options$|node_env$)/i.test(name) || /^npm_config_(cache|userconfig)$/i.test(name),
  );
  const env = { ...Object.fromEntries(inherited), PATH: path };
  const options = { cwd, env, maxBuffer: 64 * 1024 * 1024 };
  try {
    return (await promisify(execFile)(command, args, options)).stdout;
  } catch (error) {
    const { message, stdout, stderr } = error as { message: string; stdout?: string; stderr?: string };
    const account = [`${command} ${args.join(' ')} in ${cwd}: ${message}`, stdout, stderr].join('\n');
    throw new Error(account, { cause: error });
  }
}

/** Where a program of the `PATH` is. */
export async function programPath(name: string): Promise<string> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, name);
    try {
      await access(path, constants.X_OK);
      return path;
    } catch {
      // In one of the next folders.
    }
  }
  throw new Error(`${name} is in no folder of the PATH`);
}

/** Runs a JavaScript file with the Node.js of this process. */
export function runNode(cwd: string, ...args: readonly string[]): Promise<string> {
  return run(cwd, process.execPath, ...args);
}
