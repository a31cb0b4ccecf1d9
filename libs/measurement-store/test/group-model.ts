import { type TickReport } from '@atalaya/contracts';
import { type RecordOutcome } from '../src/index.js';

/** What a group must hold after a sequence of reports, told as simply as can be. */
export class GroupModel {
  readonly fence = new Map<string, bigint>();
  readonly means = new Map<number, number>();
  readonly sensors = new Map<string, Map<number, number>>();
  status: { tick: number; since: number; token: string; leader: string } | undefined;
  /** Token, leader, first and last tick of each term that is over. */
  readonly terms: string[][] = [];

  record(report: TickReport): RecordOutcome {
    const { timestamp, value, token, ensemble, leader = '', sensors = {} } = report;
    if (token !== undefined) {
      const newest = this.fence.get(ensemble ?? '*');
      if (newest !== undefined && BigInt(token) < newest) {
        return { outcome: 'stale-token', newestToken: newest.toString() };
      }
      for (const field of ensemble === undefined ? ['*'] : [ensemble, '*']) {
        const known = this.fence.get(field);
        if (known === undefined || known < BigInt(token)) this.fence.set(field, BigInt(token));
      }
    }
    const kept = this.means.get(timestamp);
    if (kept !== undefined) {
      // The first report of a new term may be of the tick that the term before it has stored.
      const { status } = this;
      if (
        token !== undefined &&
        status?.tick === timestamp &&
        (status.token !== token || status.leader !== leader)
      ) {
        this.#keepTerm();
        this.status = { tick: timestamp, since: timestamp, token, leader };
      }
      return { outcome: 'duplicate', measurement: { timestamp, value: kept } };
    }
    this.means.set(timestamp, value);
    for (const [id, reading] of Object.entries(sensors)) {
      const series = this.sensors.get(id) ?? new Map<number, number>();
      this.sensors.set(id, series.set(timestamp, reading));
    }
    if (this.status === undefined || timestamp >= this.status.tick) {
      const term = { token: token ?? '', leader };
      const same = this.status?.token === term.token && this.status.leader === term.leader;
      if (!same) this.#keepTerm();
      this.status = { ...term, tick: timestamp, since: same ? this.status!.since : timestamp };
    }
    return { outcome: 'stored', measurement: { timestamp, value } };
  }

  /** Of the newest measurements, oldest first. */
  newest(limit: number): { timestamp: number; value: number; number: number }[] {
    return [...this.means]
      .sort(([a], [b]) => a - b)
      .map(([timestamp, value], index) => ({ timestamp, value, number: index + 1 }))
      .slice(-limit);
  }

  clear(): void {
    this.means.clear();
    this.sensors.clear();
    this.status = undefined;
    this.terms.length = 0;
  }

  #keepTerm(): void {
    if (this.status === undefined || this.status.token === '') return;
    const { token, leader, since, tick } = this.status;
    this.terms.push([token, leader, String(since), String(tick)]);
  }

  /** Last value of each sensor, as the hash of sensors has it. */
  lastValues(): Map<string, [timestamp: number, value: number]> {
    return new Map(
      [...this.sensors].map(([id, series]) => [id, [...series].sort(([a], [b]) => b - a)[0]!] as const),
    );
  }
}
