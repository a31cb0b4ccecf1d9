import { csvField } from './csv-line.js';
import { type Tick, type TickFormat } from './tick.js';

/** How ticks become text. */
export interface TickWriter {
  /** What stands before the first tick. */
  readonly head: string;
  write(tick: Tick): string;
}

/** Columns of CSV before those of the sensors. */
export const TICK_COLUMNS = ['timestamp_ms', 'time_utc', 'mean', 'count', 'min', 'max'] as const;

/** In front of a sensor's id: no id is taken for another column, or by a spreadsheet for a formula. */
export const SENSOR_COLUMN = 'sensor:';

/** A tick is one line, ended by a line feed in JSON Lines and by CR LF in CSV; numbers as JavaScript writes them, exactly. */
export function tickWriter(format: TickFormat, sensorIds: readonly string[]): TickWriter {
  return format === 'jsonl'
    ? { head: '', write: (tick) => `${JSON.stringify(tick)}\n` }
    : {
        head: csvLine([...TICK_COLUMNS, ...sensorIds.map((id) => SENSOR_COLUMN + id)]),
        write: csvWriter(sensorIds),
      };
}

function csvWriter(sensorIds: readonly string[]): (tick: Tick) => string {
  return ({ timestamp, value, count, min, max, sensors }) => {
    const values = new Map(Object.entries(sensors ?? {}));
    return csvLine([
      timestamp,
      new Date(timestamp).toISOString(),
      ...[value, count, min, max],
      ...sensorIds.map((id) => values.get(id)),
    ]);
  };
}

function csvLine(fields: readonly (string | number | undefined)[]): string {
  return `${fields.map((field) => csvField(field === undefined ? '' : String(field))).join(',')}\r\n`;
}
