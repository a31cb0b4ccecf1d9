const LEVELS: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};

/** Fields that say nothing to somebody who watches one machine, or that stand elsewhere in the line. */
const HIDDEN = new Set(['level', 'time', 'pid', 'hostname', 'name', 'msg', 'err']);

/**
 * One line of a service's output as text for people: time, process, level, message and further fields. A line that is
 * not a service's JSON log line is kept as it is behind the process' id.
 */
export function formatLogLine(id: string, line: string): string {
  const label = id.padEnd(12);
  const record = parseRecord(line);
  if (record === undefined) return `${label} ${line}`;
  const time = typeof record.time === 'string' ? record.time.slice(11, 23) : '';
  const level = (LEVELS[Number(record.level)] ?? '').padEnd(5);
  const fields = Object.entries(record)
    .filter(([name]) => !HIDDEN.has(name))
    .map(([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('');
  const stack = stackOf(record.err);
  return `${time} ${label} ${level} ${String(record.msg)}${fields}${stack}`;
}

function parseRecord(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const record = JSON.parse(line) as Record<string, unknown>;
    return 'msg' in record && 'level' in record ? record : undefined;
  } catch {
    return undefined;
  }
}

function stackOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('stack' in error)) return '';
  return `\n${String(error.stack)}`;
}
