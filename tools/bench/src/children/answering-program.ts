import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { once } from 'node:events';

/** How many values a program has read, and how long that took. */
export interface Answer {
  readonly count: number;
  readonly ms: number;
  /** Of clients on Node.js: the longest time for which the event loop did not come round. */
  readonly longestStallMs?: number;
  /** Reads that its connection did not survive, so far. */
  readonly brokenReads?: number;
  /** Why it has read nothing: then there is no figure. */
  readonly failure?: string;
}

/**
 * A program that answers each line on its standard input by a line of JSON, after it has printed
 * `ready`. It ends when its input does.
 */
export class AnsweringProgram implements AsyncDisposable {
  readonly #child;
  readonly #lines: AsyncIterator<string>;

  private constructor(command: string, args: readonly string[]) {
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let complaints = '';
    this.#child.stderr.on(
      'data',
      (chunk: Buffer) => (complaints = `${complaints}${chunk.toString()}`.slice(-2_000)),
    );
    this.#child.once('exit', (code) => {
      if (code !== 0 && code !== null)
        process.stderr.write(`${command} has ended (${code}): ${complaints}\n`);
    });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** @throws when it ends without being ready */
  static async start(command: string, args: readonly string[]): Promise<AnsweringProgram> {
    const program = new AnsweringProgram(command, args);
    const line = await program.#lines.next();
    if (line.done === true || line.value !== 'ready') throw new Error(`${command} did not get ready`);
    return program;
  }

  /** @throws when it ends without an answer */
  async ask(question: string): Promise<Answer> {
    this.#child.stdin.write(`${question}\n`);
    for (;;) {
      const line = await this.#lines.next();
      if (line.done === true) throw new Error(`the program has ended before it answered ${question}`);
      // The native client writes complaints of its own.
      if (line.value.startsWith('{')) return JSON.parse(line.value) as Answer;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 5_000);
    await exited;
    clearTimeout(timer);
  }
}
