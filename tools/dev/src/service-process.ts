import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { READY_MESSAGE } from '@atalaya/service-kit';
import { formatLogLine } from './log-line.js';

/** How long a service may take to end by itself before it is killed, in ms: above the services' own cap. */
const END_TIMEOUT_MS = 12_000;

/** How a service process ended. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface ServiceProcessOptions {
  /** Id under which its output is shown. */
  id: string;
  /** Path of the module to run. */
  module: string;
  env: Readonly<Record<string, string>>;
  /** Where its output goes, line by line. */
  print: (line: string) => void;
}

/**
 * A service as a process of its own, in a process group of its own: Ctrl-C on the terminal reaches only the command,
 * which then ends the services in their order. A service ends by itself when the command dies (IPC channel).
 */
export class ServiceProcess {
  readonly id: string;
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #ready: Promise<void>;

  constructor({ id, module, env, print }: ServiceProcessOptions) {
    this.id = id;
    this.#child = spawn(process.execPath, ['--enable-source-maps', module], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    });
    print(`Started ${id} (process ${this.#child.pid ?? 'unknown'})`);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        print(formatLogLine(id, line));
      });
    }
    this.exited = once(this.#child, 'exit').then(([code, signal]) => ({
      code: code as Exit['code'],
      signal: signal as Exit['signal'],
    }));
    this.#ready = new Promise((resolve) => {
      this.#child.on('message', (message) => {
        if (message === READY_MESSAGE) resolve();
      });
    });
  }

  /**
   * Resolves when the service says that it has started.
   *
   * @throws when it ends before
   */
  async ready(): Promise<void> {
    const exit = await Promise.race([this.#ready, this.exited]);
    if (exit === undefined) return;
    throw new Error(`${this.id} ended during its start (${describeExit(exit)}); its output above says why`);
  }

  /** Ends the service gracefully, or by SIGKILL when that takes too long. */
  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), END_TIMEOUT_MS);
    await this.exited;
    clearTimeout(timer);
  }
}

export function describeExit({ code, signal }: Exit): string {
  return signal ?? `exit code ${String(code)}`;
}
