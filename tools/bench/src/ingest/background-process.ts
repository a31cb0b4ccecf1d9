import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A Node process that the benchmark measures, ended with it. */
export class BackgroundProcess implements AsyncDisposable {
  readonly #child: ChildProcess;

  constructor(module: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(process.execPath, [module, ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exited;
  }
}
