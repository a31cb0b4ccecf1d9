import { describeExit, type Exit, ServiceProcess, type ServiceProcessOptions } from '../service-process.js';

/**
 * A service that is started again whenever {@link ServedService.restart} is called. One that ends by itself waits for the
 * next call: the change that mends it will come.
 */
export class ServedService {
  readonly #options: ServiceProcessOptions;
  readonly #first: ServiceProcess;
  #service: ServiceProcess;
  /** The process that this object itself has ended last. */
  #replaced: ServiceProcess | undefined;
  #work: Promise<void> = Promise.resolve();
  #queued = false;
  #ending = false;

  constructor(options: ServiceProcessOptions) {
    this.#options = options;
    this.#first = this.#service = this.#start();
  }

  /**
   * How the first process ended, when it did so before it had started: that is mostly a matter of the configuration, which
   * no change of the sources mends. Otherwise it never settles.
   */
  async failedStart(): Promise<Exit> {
    try {
      await this.#first.ready();
    } catch {
      if (!this.#ending && this.#first === this.#service) return this.#first.exited;
    }
    return new Promise(() => {});
  }

  /** Ends the service gracefully and starts it again; calls that come meanwhile are one. */
  restart(): void {
    if (this.#queued || this.#ending) return;
    this.#queued = true;
    this.#work = this.#work.then(async () => {
      this.#queued = false;
      if (this.#ending) return;
      const { id, print } = this.#options;
      print(`${id} was built anew and is started again`);
      this.#replaced = this.#service;
      await this.#replaced.end();
      this.#service = this.#start();
    });
  }

  async end(): Promise<void> {
    this.#ending = true;
    await this.#work;
    await this.#service.end();
  }

  #start(): ServiceProcess {
    const { id, print } = this.#options;
    const service = new ServiceProcess(this.#options);
    void service.exited.then((exit) => {
      if (this.#ending || this.#replaced === service) return;
      print(`${id} has ended (${describeExit(exit)}); it is started again when a change is built`);
    });
    return service;
  }
}
