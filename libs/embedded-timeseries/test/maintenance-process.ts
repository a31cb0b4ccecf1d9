import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('./maintain.mjs', import.meta.url));

/** What the function resolved with, or the code and message of its error; undefined when the process was killed. */
export type Outcome = Record<string, unknown> | undefined;

/** Calls a function of the built library in a process of its own; `launcher` becomes it, such as one that sets limits. */
export async function maintain(
  name: string,
  options: object,
  { launcher = [], signal }: { launcher?: readonly string[]; signal?: AbortSignal } = {},
): Promise<Outcome> {
  const command = [...launcher, process.execPath, SCRIPT, name, JSON.stringify(options)];
  const child = spawn(command[0] ?? '', command.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  if (signal?.aborted === true) kill();
  signal?.addEventListener('abort', kill);
  const [output] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  const last = output.trim().split('\n').at(-1) ?? '';
  return last.startsWith('{') ? (JSON.parse(last) as Outcome) : undefined;
}
