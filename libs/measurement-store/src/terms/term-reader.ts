import { type Leadership, type Term, type TermEndNotice } from '@atalaya/contracts';
import { type BoundedConnection } from '../connection/bounded-connection.js';
import { groupKeys } from '../keys.js';
import { type KeptEnd, type KeptTerm, termHistory } from './term-history.js';
import { TERM_STREAM_LENGTH } from './term-stream.js';
import { parseTermText } from './term-text.js';

/** Which terms to read: those that overlap a range, both ends included, in ms. */
export interface TermQuery {
  group: string;
  from?: number | undefined;
  to?: number | undefined;
}

/** Reads who led a group, and keeps how terms ended. */
export class TermReader {
  readonly #connection: BoundedConnection;
  readonly #retentionMs: number;

  /** @param retentionMs how long raw values are kept, thus terms too; 0 for ever */
  constructor(connection: BoundedConnection, retentionMs: number) {
    this.#connection = connection;
    this.#retentionMs = retentionMs;
  }

  /** The terms that overlap the range, oldest first. */
  async terms({ group, from = 0, to = Infinity }: TermQuery): Promise<Term[]> {
    const keys = groupKeys(group);
    const [entries, status] = await Promise.all([
      this.#connection.run((redis) => redis.xrevrange(keys.terms, '+', '-', 'COUNT', TERM_STREAM_LENGTH)),
      this.#status(group),
    ]);
    const over: KeptTerm[] = [];
    const ends: KeptEnd[] = [];
    for (const [, fields] of entries.reverse()) {
      const entry = new Map(
        fields.flatMap((name, at) => (at % 2 === 0 ? [[name, fields[at + 1] ?? '']] : [])),
      );
      if (entry.has('end')) ends.push(endOf(entry));
      else over.push(termOf(entry));
    }
    const history = termHistory(over, ends, currentTerm(status));
    const kept = this.#retentionMs === 0 ? 0 : (history.at(-1)?.last ?? 0) - this.#retentionMs;
    return history.filter(
      ({ since, last, ended }) => Math.max(last, ended ?? last) >= Math.max(from, kept) && since <= to,
    );
  }

  /** How the group is led, as its newest report says; null where none had a token. */
  async leadership(group: string): Promise<Leadership | null> {
    const status = await this.#status(group);
    const { token, leader, queue } = status;
    if (token === undefined || token === '') return null;
    const figures = parseTermText(status.term);
    return {
      leader: leader === undefined || leader === '' ? null : leader,
      token,
      elected: figures?.elected ?? null,
      at: figures?.at ?? null,
      leaseUntil: figures === undefined ? null : figures.at + figures.leaseMs,
      intervalMs: figures?.intervalMs ?? null,
      candidates: queue === undefined ? [] : (JSON.parse(queue) as string[]),
    };
  }

  /** Keeps what a leader says of its end. Of a term that stored nothing it says nothing. */
  async noteEnd({ group, token, ensemble = '', end, ended }: TermEndNotice): Promise<void> {
    const { terms } = groupKeys(group);
    const fields = ['token', token, 'ensemble', ensemble, 'end', end, 'ended', String(ended)];
    await this.#connection.run((redis) =>
      redis.xadd(terms, 'MAXLEN', '~', TERM_STREAM_LENGTH, '*', ...fields),
    );
  }

  #status(group: string): Promise<Partial<Record<string, string>>> {
    return this.#connection.run((redis) => redis.hgetall(groupKeys(group).status));
  }
}

function termOf(entry: ReadonlyMap<string, string>): KeptTerm {
  return {
    token: entry.get('token') ?? '',
    ensemble: entry.get('ensemble') ?? '',
    leader: entry.get('leader') ?? '',
    since: Number(entry.get('since')),
    last: Number(entry.get('last')),
    figures: parseTermText(entry.get('term')),
  };
}

function endOf(entry: ReadonlyMap<string, string>): KeptEnd {
  return {
    token: entry.get('token') ?? '',
    ensemble: entry.get('ensemble') ?? '',
    end: entry.get('end') as KeptEnd['end'],
    ended: Number(entry.get('ended')),
  };
}

function currentTerm(status: Partial<Record<string, string>>): KeptTerm | undefined {
  const { token, ensemble = '', leader = '', since, tick, term } = status;
  if (token === undefined || token === '' || since === undefined || tick === undefined) return undefined;
  return { token, ensemble, leader, since: Number(since), last: Number(tick), figures: parseTermText(term) };
}
