import { type z } from 'zod';
import { fieldErrors } from '../errors/request-validation.js';
import { csvFields } from './csv-line.js';
import { type Tick, type TickFormat, tickSchema } from './tick.js';
import { SENSOR_COLUMN, TICK_COLUMNS } from './tick-writer.js';

/** A line of an import that is no tick. */
export class BadLineError extends Error {
  override readonly name = 'BadLineError';
  readonly code = 'BAD_LINE';

  constructor(
    readonly line: number,
    readonly reason: string,
  ) {
    super(`line ${line}: ${reason}`);
  }
}

/** A tick and the number of its line, from 1. */
export interface TickLine {
  line: number;
  tick: Tick;
}

/** The ticks of a text, one after the other; empty lines do not count. @throws BadLineError */
export function* parseTicks(format: TickFormat, text: Buffer): Generator<TickLine> {
  let read: ((line: string) => unknown) | undefined = format === 'jsonl' ? JSON.parse : undefined;
  for (const [line, content] of linesOf(text)) {
    if (content === '') continue;
    try {
      if (read === undefined) {
        read = rowReader(content);
        continue;
      }
      yield { line, tick: validTick(read(content)) };
    } catch (error) {
      throw new BadLineError(line, error instanceof Error ? error.message : String(error));
    }
  }
}

function* linesOf(text: Buffer): Generator<[line: number, content: string]> {
  const LINE_FEED = 10;
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 0;
  for (let start = 0; start < text.length;) {
    const found = text.indexOf(LINE_FEED, start);
    const end = found === -1 ? text.length : found;
    line += 1;
    let content: string;
    try {
      // A byte order mark at the beginning is left out by the decoder.
      content = decoder.decode(text.subarray(start, end));
    } catch {
      throw new BadLineError(line, 'is not UTF-8');
    }
    yield [line, content.endsWith('\r') ? content.slice(0, -1) : content];
    start = end + 1;
  }
}

function validTick(value: unknown): Tick {
  const parsed = tickSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Error(reasonOf(parsed.error));
}

function reasonOf(error: z.ZodError): string {
  const [first] = fieldErrors('line', error);
  if (first === undefined) return 'is no tick';
  return first.pointer === '' ? first.detail : `${first.pointer}: ${first.detail}`;
}

/** Reads rows as the line of column names says. @throws Error */
function rowReader(head: string): (line: string) => unknown {
  const columns = csvFields(head);
  if (columns === undefined) throw new Error('the quotes of the column names do not fit');
  for (const column of columns) {
    const isKnown = (TICK_COLUMNS as readonly string[]).includes(column) || column.startsWith(SENSOR_COLUMN);
    if (!isKnown) {
      throw new Error(
        `there is no column "${column.slice(0, 100)}": the columns are ${TICK_COLUMNS.join(', ')}, and ${SENSOR_COLUMN}<id> of each sensor`,
      );
    }
  }
  if (new Set(columns).size < columns.length) throw new Error('a column is named twice');
  return (line) => {
    const fields = csvFields(line);
    if (fields === undefined) throw new Error('the quotes do not fit');
    if (fields.length !== columns.length) {
      throw new Error(`has ${fields.length} fields, and there are ${columns.length} columns`);
    }
    return tickOfRow(columns, fields);
  };
}

const FIELD_OF: Readonly<Record<string, keyof Tick>> = {
  timestamp_ms: 'timestamp',
  mean: 'value',
  count: 'count',
  min: 'min',
  max: 'max',
};

function tickOfRow(columns: readonly string[], fields: readonly string[]): unknown {
  const tick: Record<string, unknown> = {};
  const sensors = Object.create(null) as Record<string, number>;
  for (const [index, column] of columns.entries()) {
    const text = fields[index] ?? '';
    // The time for people: what counts is the timestamp.
    if (text === '' || column === 'time_utc') continue;
    const field = FIELD_OF[column];
    if (field === undefined) sensors[column.slice(SENSOR_COLUMN.length)] = decimal(column, text);
    else tick[field] = decimal(column, text);
  }
  if (Object.keys(sensors).length > 0) tick.sensors = sensors;
  return tick;
}

function decimal(column: string, text: string): number {
  if (!/^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text)) {
    throw new Error(`${column}: "${text.slice(0, 40)}" is not a decimal number`);
  }
  return Number(text);
}
