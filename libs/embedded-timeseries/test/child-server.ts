import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('./child-server.mjs', import.meta.url));

/** A server in a process of its own, or the line with which it refused to start. */
export interface ChildServer {
  readonly pid: number;
  readonly port: number;
  readonly refusal: string | undefined;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
}

export interface ChildServerOptions {
  /** A command, with its arguments, that becomes the server, such as one that sets limits. */
  launcher?: readonly string[];
  journalBytes?: number;
}

export async function startChildServer(
  dataDir: string,
  { launcher = [], journalBytes }: ChildServerOptions = {},
): Promise<ChildServer> {
  const words = journalBytes === undefined ? [] : ['0', String(journalBytes)];
  const command = [...launcher, process.execPath, SCRIPT, dataDir, ...words];
  const child = spawn(command[0] ?? process.execPath, command.slice(1), {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const [line] = (await Promise.race([
    once(createInterface(child.stdout), 'line'),
    exited.then(() => [`exited with ${child.exitCode ?? child.signalCode ?? 'nothing'}`]),
  ])) as [string];
  const ready = /^ready (\d+)$/.exec(line);
  return {
    pid: child.pid!,
    port: Number(ready?.[1]),
    refusal: ready ? undefined : line,
    kill: () => kill(child, exited),
  };
}

async function kill(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await exited;
}
