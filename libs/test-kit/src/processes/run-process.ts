import { type ChildProcess, spawn } from 'node:child_process';
import { abortError, TestKitError } from '../errors.js';
import { LineLog, parseLogRecord } from './line-log.js';
import { endWithParent } from './reaper.js';
import { childStdio } from './child-stdio.js';

/** A line of a structured (JSON) log. */
export type LogRecord = Readonly<Record<string, unknown>>;

/** How a process ended: with an exit code, or by a signal. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** How {@link runProcess} starts a process. */
export interface RunOptions {
  /** Name in messages; the command by default. */
  readonly name?: string;
  /** Variables set on top of this process's own environment; undefined removes one. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
}

/** How the waits of a {@link RunningProcess} look at its output. */
export interface OutputWait {
  /** Gives up after this many milliseconds; 15,000 by default. */
  readonly timeoutMs?: number;
  /** Looks from this position on, one that `position` had earlier; from the first line by default. */
  readonly from?: number;
  readonly signal?: AbortSignal;
}

const DEFAULT_TIMEOUT_MS = 15_000;
const LINES_SHOWN = 20;

const running = new Set<RunningProcess>();

/**
 * Starts a program whose output is captured line by line. It never outlives this process, even if that is killed.
 *
 * @throws TestKitError `PROCESS_ENDED` from its waits when the program cannot be started
 * @example
 * const agent = runProcess(process.execPath, ['dist/main.js'], { env: { INSTANCE_ID: 'sensor-1' } });
 * await agent.waitForLog((record) => record.msg === 'ready');
 * agent.signal('SIGSTOP');
 * await agent.stop();
 */
export function runProcess(
  command: string,
  args: readonly string[] = [],
  options: RunOptions = {},
): RunningProcess {
  return new RunningProcess(command, args, options);
}

/** Ends everything that {@link runProcess} started and that still runs, at once; for `afterAll`. */
export async function endAllProcesses(): Promise<void> {
  await Promise.all([...running].map((each) => each.kill()));
}

/** A program started by {@link runProcess}. */
export class RunningProcess implements AsyncDisposable {
  readonly name: string;
  /** Resolves, never rejects, when the process has ended and its output is read to the end. */
  readonly ended: Promise<ProcessEnd>;
  readonly #child: ChildProcess;
  readonly #log = new LineLog();
  #end: ProcessEnd | undefined;
  #failure: Error | undefined;

  /** @internal use {@link runProcess} */
  constructor(command: string, args: readonly string[], { name = command, env, cwd }: RunOptions) {
    this.name = name;
    this.#child = spawn(command, args, {
      stdio: childStdio(['ignore', 'pipe', 'pipe']),
      // eslint-disable-next-line no-restricted-properties -- the child gets this environment, nothing is read from it
      env: { ...process.env, ...env },
      ...(cwd === undefined ? {} : { cwd }),
    });
    endWithParent(this.#child);
    const { stdout, stderr } = this.#child;
    if (stdout) this.#log.read(stdout);
    if (stderr) this.#log.read(stderr);
    running.add(this);
    this.ended = new Promise((resolve) => {
      const end = (code: number | null, signal: NodeJS.Signals | null): void => {
        running.delete(this);
        this.#end = { code, signal };
        resolve(this.#end);
      };
      this.#child.once('close', end);
      this.#child.once('error', (error) => {
        this.#failure = error;
        if (this.#child.pid === undefined) end(null, null);
      });
    });
  }

  /** Undefined when the program could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** How it ended; undefined while it runs. */
  get end(): ProcessEnd | undefined {
    return this.#end;
  }

  /** The lines written so far to standard output and standard error. */
  get lines(): readonly string[] {
    return this.#log.from(0);
  }

  /** Those of the lines that are JSON objects. */
  get records(): readonly LogRecord[] {
    return this.lines.map(parseLogRecord).filter((record) => record !== undefined);
  }

  /** Where the output stands now, for waits that are about what comes after. */
  get position(): number {
    return this.#log.position;
  }

  /**
   * Resolves with the first line that matches, among those already written too.
   *
   * @throws TestKitError `CONDITION_NOT_MET` after the time-out, `PROCESS_ENDED` when the process ends without such a
   *   line (both with the last lines in the message), `ABORTED`
   */
  waitForLine(wanted: RegExp | ((line: string) => boolean), options: OutputWait = {}): Promise<string> {
    const matches = wanted instanceof RegExp ? (line: string) => line.search(wanted) >= 0 : wanted;
    const what = wanted instanceof RegExp ? `a line like ${String(wanted)}` : 'a certain line';
    return this.#waitFor((line) => (matches(line) ? line : undefined), what, options);
  }

  /** As {@link waitForLine}, for the lines that are JSON objects. */
  waitForLog(wanted: (record: LogRecord) => boolean, options: OutputWait = {}): Promise<LogRecord> {
    const pick = (line: string): LogRecord | undefined => {
      const record = parseLogRecord(line);
      return record && wanted(record) ? record : undefined;
    };
    return this.#waitFor(pick, 'a certain log record', options);
  }

  /** Sends a signal, be it SIGSTOP; false when the process has ended. */
  signal(signal: NodeJS.Signals): boolean {
    return this.#child.kill(signal);
  }

  /** Ends it in order: SIGTERM, and SIGKILL after `timeoutMs` (10,000 by default). Resolves with how it ended. */
  async stop({ timeoutMs = 10_000 }: { readonly timeoutMs?: number } = {}): Promise<ProcessEnd> {
    this.#child.kill('SIGTERM');
    // A stopped process acts on SIGTERM only once it goes on.
    this.#child.kill('SIGCONT');
    const impatience = setTimeout(() => this.#child.kill('SIGKILL'), timeoutMs);
    const end = await this.ended;
    clearTimeout(impatience);
    return end;
  }

  /** Ends it with SIGKILL. */
  async kill(): Promise<ProcessEnd> {
    this.#child.kill('SIGKILL');
    return this.ended;
  }

  /** Ends it in order, as `stop` does. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #waitFor<T>(
    pick: (line: string) => T | undefined,
    what: string,
    { timeoutMs = DEFAULT_TIMEOUT_MS, from = 0, signal }: OutputWait,
  ): Promise<T> {
    for (const line of this.#log.from(from)) {
      const picked = pick(line);
      if (picked !== undefined) return Promise.resolve(picked);
    }
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        stopListening();
        signal?.removeEventListener('abort', onAbort);
      };
      const fail = (error: TestKitError): void => {
        settle();
        reject(error);
      };
      const onAbort = (): void => {
        if (signal) fail(abortError(signal, `Waiting for ${what} of ${this.name}`));
      };
      const timer = setTimeout(() => {
        fail(
          new TestKitError(
            'CONDITION_NOT_MET',
            `${this.name} did not write ${what} within ${timeoutMs} ms. Its last lines:\n${this.#lastLines()}`,
          ),
        );
      }, timeoutMs);
      const stopListening = this.#log.listen((line) => {
        const picked = pick(line);
        if (picked === undefined) return;
        settle();
        resolve(picked);
      });
      if (signal?.aborted) onAbort();
      signal?.addEventListener('abort', onAbort);
      void this.ended.then((end) => {
        fail(this.#endedError(end, what));
      });
    });
  }

  #endedError({ code, signal }: ProcessEnd, what: string): TestKitError {
    const how = signal !== null ? `ended by ${signal}` : `ended with exit code ${code ?? 'none'}`;
    const happened =
      this.#failure && this.pid === undefined ? `could not start: ${this.#failure.message}` : how;
    return new TestKitError(
      'PROCESS_ENDED',
      `${this.name} ${happened} before it wrote ${what}. Its last lines:\n${this.#lastLines()}`,
      { cause: this.#failure },
    );
  }

  #lastLines(): string {
    return this.lines.slice(-LINES_SHOWN).join('\n') || '(none)';
  }
}
