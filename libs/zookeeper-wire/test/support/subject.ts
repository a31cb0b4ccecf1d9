import { waitFor } from '@atalaya/test-kit';
import {
  openSession,
  type ConnectedEvent,
  type SessionOptions,
  type WatchFired,
  type WireError,
  type WireSession,
} from '../../src/index.js';

/** A session under test, with what it said. */
export class Subject implements AsyncDisposable {
  readonly told: string[] = [];
  readonly watches: WatchFired[] = [];
  readonly connections: ConnectedEvent[] = [];
  readonly disconnections: WireError[] = [];
  readonly failedAttempts: WireError[] = [];
  readonly session: WireSession;

  constructor(options: SessionOptions) {
    this.session = openSession({
      sessionTimeoutMs: 4_000,
      ...options,
      events: {
        connected: (event) => {
          this.told.push('connected');
          this.connections.push(event);
        },
        disconnected: (reason) => {
          this.told.push('disconnected');
          this.disconnections.push(reason);
        },
        attemptFailed: (reason) => this.failedAttempts.push(reason),
        expired: () => this.told.push('expired'),
        authenticationFailed: () => this.told.push('authenticationFailed'),
        watch: (event) => this.watches.push(event),
        ...options.events,
      },
    });
  }

  /** Opens a session and waits until it is served. */
  static async connected(options: SessionOptions): Promise<Subject> {
    const subject = new Subject(options);
    await subject.session.connected({ signal: AbortSignal.timeout(20_000) });
    return subject;
  }

  /** Waits until this was said for the `count`th time. */
  async saw(what: string, count = 1): Promise<void> {
    await waitFor(() => this.told.filter((told) => told === what).length >= count, {
      timeoutMs: 20_000,
      describe: `${what} to be said ${count} times`,
    });
  }

  /** Waits for a watch event. */
  async watched(type: WatchFired['type'], path: string): Promise<void> {
    await waitFor(() => this.watches.some((event) => event.type === type && event.path === path), {
      timeoutMs: 20_000,
      describe: `the watch event ${type} of ${path}`,
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.session.close();
  }
}

let paths = 0;

/** A path that no other test uses. */
export function freshPath(): string {
  return `/wire-${process.pid}-${(paths += 1)}`;
}
