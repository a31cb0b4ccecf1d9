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

export async function startChildServer(dataDir: string): Promise<ChildServer> {
  const child = spawn(process.execPath, [SCRIPT, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
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
  child.kill('SIGKILL');
  await exited;
}
