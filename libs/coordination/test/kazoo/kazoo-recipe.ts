import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { AsyncQueue } from '../../src/waiting/async-queue.js';
import { childStdio } from '../../src/index.js';

const python = '/usr/bin/python3';
const script = join(import.meta.dirname, 'kazoo_recipes.py');

export interface KazooRecipeOptions {
  readonly hosts: string;
  readonly recipe: 'Lock' | 'ReadLock' | 'WriteLock' | 'Semaphore' | 'DoubleBarrier' | 'Counter' | 'Party';
  readonly path: string;
  readonly id: string;
  readonly sessionTimeoutMs?: number;
  /** Leases of a semaphore, members of a barrier. */
  readonly size?: number;
}

/** A process with one recipe of kazoo. */
export class KazooRecipe implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #answers = new AsyncQueue<string>();

  private constructor({ hosts, recipe, path, id, sessionTimeoutMs = 4_000, size = 1 }: KazooRecipeOptions) {
    this.#process = spawn(
      python,
      [script, hosts, String(sessionTimeoutMs / 1_000), recipe, path, id, String(size)],
      { stdio: childStdio(['pipe', 'pipe', 'inherit']) },
    );
    createInterface({ input: this.#process.stdout! })
      .on('line', (line) => {
        this.#answers.push(line);
      })
      .on('close', () => {
        this.#answers.fail(new Error(`kazoo's ${recipe} "${id}" ended`));
      });
  }

  /** Resolves when it is connected. */
  static async start(options: KazooRecipeOptions): Promise<KazooRecipe> {
    const started = new KazooRecipe(options);
    await started.#answers.next();
    return started;
  }

  /** Sends a command; the second word of its answer. Commands are carried out one after the other. */
  async ask(command: string): Promise<string> {
    this.#process.stdin!.write(`${command}\n`);
    const answer = await this.#answers.next();
    return String(answer.value).split(' ')[1] ?? '';
  }

  async kill(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const exited = once(this.#process, 'exit');
      this.#process.kill('SIGKILL');
      await exited;
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}
