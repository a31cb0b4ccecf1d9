import { labelledCounter, type Logger } from '@atalaya/service-kit';
import { type Counter, type Registry } from 'prom-client';

/** Why a request is refused before it is worked on. */
export const REFUSAL_REASONS = [
  /** More writes a minute from one address than `WRITE_RATE_LIMIT_PER_MINUTE`. */
  'rate',
  /** Every place for writes, or the client's part of them, is taken. */
  'places',
  /** More reads of one client, or of all, than wait for their turn. */
  'reads',
  /** More clients of the event stream, of one address or of all, than are taken. */
  'streams',
  /** The bodies under way, or the client's part of them, are too large together. */
  'bytes',
  /** The request did not arrive in time. */
  'timeout',
  /** More connections than the limit of open files leaves room for. */
  'connections',
  /** Asked for under a host name that is not this server's. */
  'host',
  /** A write that a page of another site makes a browser send. */
  'cross-site',
  /** Without a key that is good. */
  'key',
  /** With a key that is not for this. */
  'scope',
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** Least time between two lines for one reason, in ms. */
const REMINDER_MS = 60_000;

const MEANINGS: Readonly<Record<RefusalReason, string>> = {
  rate: 'a client sends more writes than WRITE_RATE_LIMIT_PER_MINUTE',
  places: 'all places for writes are taken',
  reads: 'too many reads are under way, of one client or of all',
  streams: 'there are too many clients of the event stream, of one address or of all',
  bytes: 'the bodies of the requests under way are too large together',
  timeout: 'requests do not arrive in time',
  connections: 'there are as many connections as the limit of open files (ulimit -n) leaves room for',
  host: 'the host name that was asked for is not one of this server (ALLOWED_HOSTS)',
  key: 'there was no key (token), or one that is not good',
  scope: 'the key was for other scopes or groups',
  'cross-site': 'a page of another site made a browser send a write',
};

interface Tally {
  count: number;
  loggedAt: number;
}

/** Counts refusals by reason, and logs each reason when it comes up and then at most once a minute. */
export class Refusals {
  readonly #logger: Pick<Logger, 'warn'>;
  readonly #counter: Counter<'reason'>;
  readonly #now: () => number;
  readonly #tallies = new Map<RefusalReason, Tally>();

  /** `now` is a monotonic clock in ms. */
  constructor(registry: Registry, logger: Pick<Logger, 'warn'>, now: () => number = () => performance.now()) {
    this.#logger = logger;
    this.#now = now;
    this.#counter = labelledCounter(registry, {
      name: 'atalaya_ingest_refusals_total',
      help: 'Requests that were refused before any work was done for them, by reason',
      label: 'reason',
      values: REFUSAL_REASONS,
    });
  }

  /** `address` is that of the client, where it is known. */
  count(reason: RefusalReason, address: string | undefined): void {
    this.#counter.inc({ reason });
    const now = this.#now();
    const tally = this.#tallies.get(reason) ?? { count: 0, loggedAt: -Infinity };
    this.#tallies.set(reason, tally);
    tally.count += 1;
    if (now - tally.loggedAt < REMINDER_MS) return;
    const { count } = tally;
    tally.count = 0;
    tally.loggedAt = now;
    this.#logger.warn(
      { reason, count, address },
      `${count === 1 ? 'a request was' : `${count} requests were`} refused: ${MEANINGS[reason]}; the newest came ` +
        `from ${address ?? 'an unknown address'}`,
    );
  }
}
