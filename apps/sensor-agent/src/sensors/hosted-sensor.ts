import {
  type Client,
  decimalCodec,
  hasCode,
  type Registration,
  RegistrationConflictError,
} from '@atalaya/coordination';

/** What a {@link HostedSensor} reports about its registration. */
export interface SensorEvents {
  /**
   * Somebody else holds the id; the sensor waits until it is free. `owner` is their session, 0n for a persistent znode,
   * undefined where that is not known.
   */
  conflict(id: string, owner: bigint | undefined): void;
  /** Registered, for the first time or again after a conflict. */
  registered(id: string): void;
  /** The znode could not be written; the next value is another attempt. */
  failed(error: unknown): void;
}

/**
 * One sensor: an ephemeral znode with the latest value, registered with the first value and set with each further one,
 * equal or not, since the time of the last write tells readers that the sensor is alive.
 */
export class HostedSensor {
  readonly id: string;
  readonly #client: Client;
  readonly #parentPath: string;
  readonly #events: SensorEvents;
  readonly #signal: AbortSignal;
  #registration: Registration<number> | undefined;
  #registering = false;
  #latest = 0;

  /** `signal` ends the sensor; its znode goes with the session or with {@link HostedSensor.close}. */
  constructor(options: {
    id: string;
    client: Client;
    parentPath: string;
    events: SensorEvents;
    signal: AbortSignal;
  }) {
    this.id = options.id;
    this.#client = options.client;
    this.#parentPath = options.parentPath;
    this.#events = options.events;
    this.#signal = options.signal;
  }

  get registered(): boolean {
    return this.#registration?.state === 'registered';
  }

  /** Reports a value; the latest wins. Never waits for ZooKeeper: `patience` ends the wait for the acknowledgement. */
  report(value: number, patience: AbortSignal): void {
    this.#latest = value;
    if (this.#registration !== undefined) void this.#set(this.#registration, value, patience);
    else if (!this.#registering) void this.#register(value);
  }

  async #set(registration: Registration<number>, value: number, patience: AbortSignal): Promise<void> {
    try {
      await registration.set(value, { signal: patience });
    } catch (error) {
      // While ZooKeeper is away, or somebody else holds the id, the value is kept; both are reported by events of their own.
      if (patience.aborted || this.#signal.aborted || hasCode(error, 'REGISTRATION_CONFLICT')) return;
      this.#events.failed(error);
    }
  }

  async #register(first: number): Promise<void> {
    this.#registering = true;
    try {
      const registration = await this.#take(first);
      registration.on('state', (state) => {
        if (state === 'conflict') this.#events.conflict(this.id, undefined);
        if (state === 'registered') this.#events.registered(this.id);
      });
      this.#registration = registration;
      this.#events.registered(this.id);
      if (this.#latest !== first) await registration.set(this.#latest, { signal: this.#signal });
    } catch (error) {
      if (!this.#signal.aborted) this.#events.failed(error);
    } finally {
      this.#registering = false;
    }
  }

  async #take(value: number): Promise<Registration<number>> {
    const options = { id: this.id, value, codec: decimalCodec, signal: this.#signal };
    try {
      return await this.#client.register(this.#parentPath, { ...options, onConflict: 'fail' });
    } catch (error) {
      if (!(error instanceof RegistrationConflictError)) throw error;
      this.#events.conflict(this.id, error.owner);
      return await this.#client.register(this.#parentPath, { ...options, onConflict: 'wait' });
    }
  }
}
