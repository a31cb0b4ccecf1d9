import { setTimeout as delay } from 'node:timers/promises';
import { type StartedZooKeeper } from '@atalaya/test-kit';

const intervalMs = 200;

/** The ephemeral znodes of a server by session: what its command `dump` says, read in one instant. */
export function parseDump(dump: string): Map<string, string[]> {
  const sessions = new Map<string, string[]>();
  let paths: string[] | undefined;
  for (const line of dump.split('\n')) {
    const session = /^(0x[0-9a-f]+):$/.exec(line)?.[1];
    if (session !== undefined) sessions.set(session, (paths = []));
    else if (line.startsWith('\t')) paths?.push(line.trim());
    else if (line.trim() !== '') paths = undefined;
  }
  return sessions;
}

/** Looks again and again at the servers' ephemeral znodes for what must not be at any time, until it is disposed of. */
export class EphemeralCensus implements AsyncDisposable {
  looks = 0;
  readonly violations = new Set<string>();
  readonly #over = new AbortController();
  readonly #looking: Promise<void>;

  constructor(
    private readonly zk: Pick<StartedZooKeeper, 'servers'>,
    private readonly electionPath: string,
  ) {
    this.#looking = this.#look(this.#over.signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort();
    await this.#looking;
  }

  async #look(signal: AbortSignal): Promise<void> {
    for (let index = 0; !signal.aborted; index += 1) {
      const server = this.zk.servers[index % this.zk.servers.length];
      // One that is down or paused does not answer; its neighbours are asked next.
      const dump =
        server?.running && !server.paused ? await server.fourLetterWord('dump').catch(() => '') : '';
      if (dump !== '') this.#check(dump);
      await delay(intervalMs, undefined, { signal }).catch(() => {});
    }
  }

  #check(dump: string): void {
    this.looks += 1;
    for (const [session, paths] of parseDump(dump)) {
      const places = paths.filter((path) => path.startsWith(`${this.electionPath}/`));
      if (places.length > 1) {
        this.violations.add(
          `session ${session} holds ${places.length} places in the election: ${places.join(' ')}`,
        );
      }
      const twice = paths.filter((path, index) => paths.indexOf(path) !== index);
      if (twice.length > 0) this.violations.add(`session ${session} lists twice: ${twice.join(' ')}`);
    }
  }
}
