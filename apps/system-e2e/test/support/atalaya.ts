import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort, waitFor } from '@atalaya/test-kit';
import { ApiClient } from './api-client.js';

const START_SYSTEM = fileURLToPath(new URL('./start-system.mjs', import.meta.url));

export interface AtalayaOptions {
  sensors?: number;
  aggregators?: number;
  env?: Readonly<Record<string, string>>;
  /** Working folder, where the measurements are kept; a temporary one by default. */
  folder?: string;
}

/** The system as `npm start` runs it, in a working folder of its own. */
export class Atalaya {
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #exited: Promise<number | null>;

  private constructor(
    readonly api: ApiClient,
    readonly folder: string,
    child: ChildProcess,
  ) {
    this.#child = child;
    this.#exited = once(child, 'exit').then(([code]) => code as number | null);
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream! }).on('line', (line) => this.lines.push(line));
    }
  }

  /** Starts it and waits for the last line of its start-up. */
  static async start(options: AtalayaOptions = {}): Promise<Atalaya> {
    const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'atalaya-e2e-')));
    const port = await freePort();
    const args = [
      `--port=${port}`,
      `--sensors=${options.sensors ?? 3}`,
      `--aggregators=${options.aggregators ?? 2}`,
    ];
    const child = spawn(process.execPath, [START_SYSTEM, ...args], {
      cwd: folder,
      env: { ...process.env, ...options.env },
      // The IPC channel ends it when this process is gone.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const atalaya = new Atalaya(new ApiClient(`http://127.0.0.1:${port}`), folder, child);
    await atalaya.#line(`Atalaya is running: http://127.0.0.1:${port}`);
    return atalaya;
  }

  /** Process number of a service, as the start-up lines name it. */
  pid(id: string): number {
    const pattern = new RegExp(`^Started ${id} \\(process (\\d+)\\)$`);
    for (const line of this.lines) {
      const match = pattern.exec(line);
      if (match !== null) return Number(match[1]);
    }
    throw new Error(`no start-up line names ${id}:\n${this.lines.join('\n')}`);
  }

  /** The lines that one process has written. */
  linesOf(id: string): string[] {
    return this.lines.filter((line) => new RegExp(`^(\\S+ )?${id} `).test(line));
  }

  /** Ends it as Ctrl-C does and returns its exit code. */
  async stop(): Promise<number | null> {
    this.#child.kill('SIGINT');
    return this.#exited;
  }

  /** Ends it and removes its working folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  get #ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  async #line(text: string): Promise<void> {
    await waitFor(() => this.#ended || this.lines.includes(text), {
      timeoutMs: 90_000,
      describe: () => `the line "${text}" in:\n${this.lines.join('\n')}`,
    });
    if (this.#ended) throw new Error(`the start failed:\n${this.lines.join('\n')}`);
  }
}
