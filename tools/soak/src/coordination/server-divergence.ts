import { setTimeout as delay } from 'node:timers/promises';
import { type StartedZooKeeper } from '@atalaya/test-kit';

const INTERVAL_MS = 500;

/** How many transactions left a server with another tree than its leader's, by what its command `mntr` says. */
export function digestMismatches(mntr: string): number {
  return Number(/^zk_digest_mismatches_count\t(\d+)$/m.exec(mntr)?.[1] ?? 0);
}

/**
 * Whether the servers themselves have lost what they had acknowledged: each transaction carries the digest of the
 * leader's tree, and a server counts those after which its own differs. Old releases, 3.8.0 among them, lose
 * transactions when a server dies while it is brought up to date (ZOOKEEPER-4643, ZOOKEEPER-4646, ZOOKEEPER-4785); after
 * that no client can keep a promise, and what is found then need not be the client's.
 */
export class ServerDivergence implements AsyncDisposable {
  /** What was seen, once for each server. */
  readonly findings = new Map<string, string>();
  readonly #over = new AbortController();
  readonly #looking: Promise<void>;

  constructor(
    private readonly zk: Pick<StartedZooKeeper, 'servers'>,
    private readonly print: (line: string) => void,
  ) {
    this.#looking = this.#look(this.#over.signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort();
    await this.#looking;
  }

  async #look(signal: AbortSignal): Promise<void> {
    const startedAtMs = performance.now();
    while (!signal.aborted) {
      for (const [index, server] of this.zk.servers.entries()) {
        // One that is down or paused does not answer.
        const mntr =
          server.running && !server.paused ? await server.fourLetterWord('mntr').catch(() => '') : '';
        const name = `server ${index + 1}`;
        const mismatches = digestMismatches(mntr);
        if (mismatches === 0 || this.findings.has(name)) continue;
        const seconds = Math.round((performance.now() - startedAtMs) / 1_000);
        const finding = `${name} holds another tree than its leader since ${seconds} s after the beginning, or shortly before`;
        this.findings.set(name, finding);
        this.print(finding);
      }
      await delay(INTERVAL_MS, undefined, { signal }).catch(() => {});
    }
  }
}
