import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MODULE = fileURLToPath(new URL('./store-process.mjs', import.meta.url));

/** An embedded server in a process of its own, which can be killed, stopped for a while, and started again. */
export class StoreProcess implements AsyncDisposable {
  readonly #folder: string;
  #child: ChildProcess | undefined;
  #port = 0;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async start(): Promise<StoreProcess> {
    const started = new StoreProcess(await mkdtemp(join(tmpdir(), 'atalaya-store-process-')));
    for (let attempt = 1; ; attempt += 1) {
      // Below the ports of outgoing connections: a client that connects again and again could be given the server's.
      started.#port = randomInt(10_240, 32_768);
      try {
        await started.start();
        return started;
      } catch (error) {
        if (attempt === 5) throw error;
      }
    }
  }

  get url(): string {
    return `redis://127.0.0.1:${this.#port}`;
  }

  /** Starts it, or starts it again on the folder and port that it had. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [MODULE, this.#folder, String(this.#port)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    const [line] = (await Promise.race([
      once(createInterface(child.stdout), 'line'),
      once(child, 'exit').then(() => ['exited']),
    ])) as [string];
    const port = /^ready (\d+)$/.exec(line)?.[1];
    if (port === undefined) throw new Error(`The store did not start: ${line}`);
    this.#port = Number(port);
  }

  /** SIGKILL; resolves when the process is gone. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  /** Stands still: connections stay open, and nothing is answered. */
  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
