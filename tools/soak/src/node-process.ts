import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A Node process of the run, which can be killed and started again. */
export class NodeProcess implements AsyncDisposable {
  #child: ChildProcess | undefined;

  constructor(
    readonly module: string,
    readonly args: readonly string[],
    readonly env: Readonly<Record<string, string>> = {},
  ) {
    this.start();
  }

  start(): void {
    this.#child = spawn(process.execPath, [this.module, ...this.args], {
      env: { ...process.env, ...this.env },
      // The IPC channel ends a service when this process is gone.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGTERM');
  }
}
