import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { childStdio } from '../../src/index.js';

const python = '/usr/bin/python3';
const script = join(import.meta.dirname, 'kazoo_candidate.py');

/** Fails with what is missing where kazoo is not installed: a test of the protocol proves nothing without it. */
export function assertKazooInstalled(): void {
  const { status, stderr } = spawnSync(python, ['-c', 'import kazoo'], { encoding: 'utf8' });
  if (status !== 0) {
    throw new Error(
      `kazoo is missing: install it with "apt-get install python3-kazoo" (${stderr || 'no python3'})`,
    );
  }
}

/** A process with a candidate of kazoo's `Election`. */
export class KazooCandidate implements AsyncDisposable {
  readonly id: string;
  readonly #process: ChildProcess;
  /** Tokens of its terms, in order. */
  readonly tokens: bigint[] = [];
  leading = false;
  joined = false;

  constructor(hosts: string, path: string, id: string, timeoutMs: number) {
    this.id = id;
    this.#process = spawn(python, [script, hosts, path, id, String(timeoutMs / 1_000)], {
      stdio: childStdio(['pipe', 'pipe', 'inherit']),
    });
    createInterface({ input: this.#process.stdout! }).on('line', (line) => {
      const [word, token] = line.split(' ');
      this.joined ||= word === 'joined';
      this.leading = word === 'lead';
      if (token !== undefined) this.tokens.push(BigInt(token));
    });
  }

  /** Ends its term; it takes part again. */
  resign(): void {
    this.#process.stdin!.write('resign\n');
  }

  async kill(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const exited = once(this.#process, 'exit');
      this.#process.kill('SIGKILL');
      await exited;
    }
    this.leading = false;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}
