import { randomUUID } from 'node:crypto';
import type { FaultProxy } from '@atalaya/test-kit';
import { type Client, type ClientOptions, type Logger, createClient } from '../../src/index.js';
import { transportUnderTest } from './transport-under-test.js';

export interface LogLine {
  readonly level: keyof Logger;
  readonly message: string;
  readonly details: object;
}

/** A logger that keeps what is logged. */
export function recordingLogger(): Logger & { readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: keyof Logger) => (details: object, message: string) => {
    lines.push({ level, message, details });
  };
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** Clients of one test: below a chroot of its own, closed together at its end. */
export class TestClients implements AsyncDisposable {
  readonly chroot = `/test-${randomUUID()}`;
  readonly #connectString: string;
  readonly #clients: Client[] = [];

  constructor(connectString: string) {
    this.#connectString = connectString;
  }

  get hosts(): string {
    return this.#connectString + this.chroot;
  }

  create(options: Partial<ClientOptions> = {}): Client {
    const client = createClient({
      hosts: this.hosts,
      sessionTimeoutMs: 4_000,
      transport: transportUnderTest,
      ...options,
    });
    this.#clients.push(client);
    return client;
  }

  async connect(options: Partial<ClientOptions> = {}): Promise<Client> {
    const client = this.create(options);
    await client.connected({ signal: AbortSignal.timeout(20_000) });
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
  }
}

/**
 * Closes clients whose proxy runs in this process. The native client's close would wait for an answer that the proxy
 * cannot hand on meanwhile, so they are cut off first.
 */
export async function closeBehind(proxy: FaultProxy, closing: () => Promise<unknown>): Promise<void> {
  await proxy.refuse();
  proxy.cut();
  await closing();
  await proxy.passThrough();
}

/** Resolves when the client's connection is reported as interrupted; to be asked before that is brought about. */
export function interruptionOf(client: Client): Promise<void> {
  return new Promise((resolve) => {
    const unlisten = client.on('state', (state) => {
      if (state === 'connected') return;
      unlisten();
      resolve();
    });
  });
}
