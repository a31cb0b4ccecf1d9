import { type FaultyProcess, runProcess, type RunningProcess } from '@atalaya/test-kit';

/** How a program is started; anew after each SIGKILL. */
export interface ProgramOptions {
  readonly name: string;
  /** The module, and its words. */
  readonly command: readonly string[];
}

/** A program of the run that is stopped and killed. That it ends in any other way is a violation. */
export class FaultyProgram implements FaultyProcess, AsyncDisposable {
  readonly name: string;
  readonly violations: string[] = [];
  kills = 0;
  readonly #command: readonly string[];
  #process: RunningProcess;
  #disposed = false;

  constructor({ name, command }: ProgramOptions) {
    this.name = name;
    this.#command = command;
    this.#process = this.#start();
  }

  readonly current = (): RunningProcess => this.#process;

  readonly restart = (): Promise<void> => {
    this.kills += 1;
    this.#process = this.#start();
    return Promise.resolve();
  };

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    await this.#process.stop();
  }

  #start(): RunningProcess {
    const started = runProcess(process.execPath, this.#command, {
      name: this.name,
      // What runs the tests does not concern the program.
      env: { NODE_OPTIONS: undefined },
    });
    void started.ended.then(({ code, signal }) => {
      if (this.#disposed || signal === 'SIGKILL') return;
      const how = signal ?? `exit code ${String(code)}`;
      this.violations.push(
        `${this.name} (pid ${String(started.pid)}) ended by ${how}: ${started.lines.slice(-15).join(' | ')}`,
      );
    });
    return started;
  }
}

/** The programs of a run, ended together. */
export class FaultyPrograms implements AsyncDisposable {
  readonly all: FaultyProgram[] = [];

  start(options: ProgramOptions): FaultyProgram {
    const program = new FaultyProgram(options);
    this.all.push(program);
    return program;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.all.map((program) => program[Symbol.asyncDispose]()));
  }
}
