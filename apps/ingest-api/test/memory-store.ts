import { setTimeout as delay } from 'node:timers/promises';
import {
  type GroupStatus,
  type Leadership,
  type Measurement,
  type SensorReading,
  type Term,
  type TermEndNotice,
  type TickReport,
} from '@atalaya/contracts';
import {
  type BatchOutcome,
  type EventsOptions,
  type GroupRepair,
  type MeasurementQuery,
  type NumberedMeasurement,
  type RecordOutcome,
  type RepairOutcome,
  type StoreEvent,
  StoreUnavailableError,
  type TermQuery,
} from '@atalaya/measurement-store';
import { type Store } from '../src/store/store-port.js';

/**
 * A store in memory, for tests of the HTTP side alone: it can be made unreachable and slow at will. What is stored how
 * is tested with the real one.
 */
export class MemoryStore implements Store {
  available = true;
  /** Writes wait for this. */
  gate: Promise<void> = Promise.resolve();
  readonly reports: TickReport[] = [];
  readonly notices: TermEndNotice[] = [];
  readonly #groups = new Map<string, Map<number, number>>();
  readonly #newestToken = new Map<string, bigint>();
  readonly #events: { group: string; event: StoreEvent }[] = [];
  readonly #listeners = new Set<() => void>();
  #now = 1_700_000_000_000;
  writesBegun = 0;
  /** Subscriptions that are being read. */
  subscriptions = 0;

  async record(report: TickReport): Promise<RecordOutcome> {
    this.writesBegun += 1;
    await this.gate;
    this.#check();
    const { group, timestamp, value, token } = report;
    const newest = this.#newestToken.get(group) ?? 0n;
    if (token !== undefined && BigInt(token) < newest) {
      return { outcome: 'stale-token', newestToken: String(newest) };
    }
    if (token !== undefined) this.#newestToken.set(group, BigInt(token));
    const kept = this.#values(group).get(timestamp);
    if (kept !== undefined) return { outcome: 'duplicate', measurement: { timestamp, value: kept } };
    this.#values(group).set(timestamp, value);
    this.reports.push(report);
    this.emit(group, 'measurement', { timestamp, value });
    return { outcome: 'stored', measurement: { timestamp, value } };
  }

  async recordAll(reports: readonly TickReport[]): Promise<BatchOutcome[]> {
    return Promise.all(
      reports.map(async (report) =>
        this.record(report).catch((error: unknown) => ({
          outcome: 'failed' as const,
          error: error as StoreUnavailableError,
        })),
      ),
    );
  }

  async insertNow(group: string, value: number): Promise<Measurement> {
    this.#now += 1;
    const timestamp = this.#now;
    await this.record({ group, timestamp, value });
    return { timestamp, value };
  }

  async measurements(query: MeasurementQuery): Promise<Measurement[]> {
    this.#check();
    const { group, from = 0, to = Infinity, limit } = query;
    const found = [...this.#values(group)]
      .map(([timestamp, value]) => ({ timestamp, value }))
      .filter(({ timestamp }) => timestamp >= from && timestamp <= to)
      .sort((a, b) => a.timestamp - b.timestamp);
    return Promise.resolve(query.from === undefined ? found.slice(-limit) : found.slice(0, limit));
  }

  async newest(group: string, limit: number): Promise<NumberedMeasurement[]> {
    const all = await this.measurements({ group, limit: 1_000_000 });
    return all.map((measurement, index) => ({ ...measurement, number: index + 1 })).slice(-limit);
  }

  async sensorMeasurements(id: string, query: MeasurementQuery): Promise<Measurement[]> {
    this.#check();
    const { group, from = 0, to = Infinity, limit } = query;
    const found = this.reports.flatMap(({ group: name, timestamp, sensors = {} }) => {
      const value = Object.hasOwn(sensors, id) ? sensors[id] : undefined;
      const inRange = name === group && timestamp >= from && timestamp <= to;
      return inRange && value !== undefined ? [{ timestamp, value }] : [];
    });
    return Promise.resolve(query.from === undefined ? found.slice(-limit) : found.slice(0, limit));
  }

  async sensors(group: string): Promise<SensorReading[]> {
    this.#check();
    const readings = new Map<string, SensorReading>();
    for (const { group: name, timestamp, sensors = {}, stale = [] } of this.reports) {
      if (name !== group) continue;
      for (const [id, value] of Object.entries(sensors)) {
        readings.set(id, { id, value, timestamp, state: 'ok' });
      }
      for (const id of stale) readings.set(id, { id, value: null, timestamp: null, state: 'stale' });
    }
    return Promise.resolve([...readings.values()]);
  }

  async status(group: string): Promise<GroupStatus> {
    this.#check();
    const last = this.reports.filter((report) => report.group === group).at(-1);
    return Promise.resolve({
      group,
      leader: last?.leader ?? null,
      token: last?.token ?? null,
      since: last?.leader === undefined ? null : last.timestamp,
      tick: last?.timestamp ?? null,
      value: last?.value ?? null,
      count: last?.count ?? 0,
      stale: last?.stale ?? [],
      invalid: last?.invalid ?? [],
    });
  }

  async figures(figure: 'count' | 'min' | 'max', query: MeasurementQuery): Promise<Measurement[]> {
    this.#check();
    const { group, from = 0, to = Infinity, limit } = query;
    const found = this.reports.flatMap((report) => {
      const value = report[figure];
      const inRange = report.group === group && report.timestamp >= from && report.timestamp <= to;
      return inRange && value !== undefined ? [{ timestamp: report.timestamp, value }] : [];
    });
    return Promise.resolve(query.from === undefined ? found.slice(-limit) : found.slice(0, limit));
  }

  /** Parts of the reports into terms, as they came; how they ended is what was noted, else a crash. */
  async terms({ group }: TermQuery): Promise<Term[]> {
    this.#check();
    const terms: Term[] = [];
    for (const { group: name, timestamp, token, leader = null, leadership } of this.reports) {
      if (name !== group || token === undefined) continue;
      const last = terms.at(-1);
      if (last?.token === token) {
        last.last = timestamp;
        continue;
      }
      if (last !== undefined) Object.assign(last, { ended: last.last, end: 'crashed', inferred: true });
      const gapMs = last === undefined ? null : timestamp - last.last;
      const figures = { ended: null, end: null, inferred: false, gapMs, missedTicks: null };
      terms.push({
        leader,
        token,
        elected: leadership?.elected ?? null,
        since: timestamp,
        last: timestamp,
        ...figures,
      });
    }
    for (const { token, end, ended } of this.notices) {
      const term = terms.find((one) => one.token === token);
      if (term !== undefined) Object.assign(term, { end, ended, inferred: false });
    }
    return Promise.resolve(terms);
  }

  async leadership(group: string): Promise<Leadership | null> {
    this.#check();
    const last = this.reports.filter((report) => report.group === group && report.token !== undefined).at(-1);
    if (last?.token === undefined) return Promise.resolve(null);
    const { leader = null, token, leadership } = last;
    return Promise.resolve({
      ...{ leader, token, elected: leadership?.elected ?? null, at: leadership?.at ?? null },
      leaseUntil: leadership === undefined ? null : leadership.at + leadership.leaseMs,
      ...{ intervalMs: leadership?.intervalMs ?? null, candidates: leadership?.candidates ?? [] },
    });
  }

  async noteTermEnd(notice: TermEndNotice): Promise<void> {
    this.#check();
    this.notices.push(notice);
    return Promise.resolve();
  }

  async groups(): Promise<string[]> {
    this.#check();
    return Promise.resolve(
      [...this.#groups].flatMap(([name, values]) => (values.size > 0 ? [name] : [])).sort(),
    );
  }

  async clear(group: string): Promise<void> {
    await this.gate;
    this.#check();
    this.#groups.delete(group);
    this.reports.length = 0;
    this.emit(group, 'cleared', { group });
  }

  async repair(group: string, { after = Infinity, newestToken }: GroupRepair): Promise<RepairOutcome> {
    this.#check();
    const values = this.#values(group);
    const late = [...values.keys()].filter((timestamp) => timestamp > after);
    for (const timestamp of late) values.delete(timestamp);
    const isPoisoned =
      newestToken !== undefined && (this.#newestToken.get(group) ?? 0n) > BigInt(newestToken);
    if (isPoisoned) this.#newestToken.delete(group);
    return Promise.resolve({ measurements: late.length, tokens: isPoisoned ? 1 : 0 });
  }

  async *events(
    group: string,
    { afterId, signal }: EventsOptions,
  ): AsyncGenerator<StoreEvent, void, undefined> {
    this.#check();
    this.subscriptions += 1;
    try {
      let position =
        afterId === undefined
          ? this.#events.length
          : this.#events.findIndex(({ event }) => event.id === afterId) + 1;
      while (!signal.aborted) {
        const next = this.#events[position];
        if (next === undefined) await this.#change(signal);
        else {
          position += 1;
          if (next.group === group) yield next.event;
        }
        this.#check();
      }
    } finally {
      this.subscriptions -= 1;
    }
  }

  emit(group: string, event: StoreEvent['event'], data: unknown): string {
    const id = `${this.#events.length + 1}-0`;
    this.#events.push({ group, event: { id, event, data } });
    this.wake();
    return id;
  }

  /** As if nothing had ever been stored. */
  forgetAll(): void {
    this.#groups.clear();
    this.#newestToken.clear();
    this.reports.length = 0;
    this.#events.length = 0;
  }

  /** Lets every subscription look whether the store is there. */
  wake(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  async ping(): Promise<void> {
    await delay(0);
    this.#check();
  }

  #values(group: string): Map<number, number> {
    const values = this.#groups.get(group) ?? new Map<number, number>();
    this.#groups.set(group, values);
    return values;
  }

  #check(): void {
    if (!this.available) throw new StoreUnavailableError('The store is away.');
  }

  async #change(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const listener = (): void => {
        this.#listeners.delete(listener);
        signal.removeEventListener('abort', listener);
        resolve();
      };
      this.#listeners.add(listener);
      signal.addEventListener('abort', listener);
    });
  }
}
