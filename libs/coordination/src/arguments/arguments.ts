import { CoordinationError } from '../errors/coordination-error.js';

/** The longest delay that a timer can have, in milliseconds: about 24 days. */
export const maxTimerMs = 2 ** 31 - 1;

/**
 * Every option and argument passes here, once, at the door. Each check returns the value, or throws
 * `INVALID_ARGUMENT` with the name of what is wrong, what it is, and what is allowed.
 */
export function invalid(name: string, value: unknown, allowed: string, path?: string): CoordinationError {
  return new CoordinationError('INVALID_ARGUMENT', `${name} is ${shown(value)}: give ${allowed}`, { path });
}

/** An options object, so that one that is left out is reported by its name. */
export function checkOptions<T extends object>(options: T | undefined, name: string): T {
  if (typeof options === 'object' && (options as unknown) !== null) return options;
  throw invalid(name, options, 'an object');
}

export interface MillisecondsRule {
  /** Default 1. */
  readonly min?: number;
  /** Whether `Infinity` is allowed, for "without a limit". */
  readonly orInfinity?: boolean;
}

/** A length of time that a timer can have. */
export function checkMilliseconds(
  value: number,
  name: string,
  { min = 1, orInfinity = false }: MillisecondsRule = {},
): number {
  if (orInfinity && value === Infinity) return value;
  if (typeof value === 'number' && value >= min && value <= maxTimerMs) return value;
  const range = `a number of milliseconds from ${min} to ${maxTimerMs}`;
  throw invalid(name, value, orInfinity ? `${range}, or Infinity for no limit` : range);
}

/** A whole number within bounds. */
export function checkInteger(value: number, name: string, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw invalid(name, value, `a whole number from ${min} to ${max}`);
}

/** The version of a znode that is expected; undefined for any. */
export function checkVersion(version: number | undefined, path: string): number | undefined {
  if (version === undefined) return undefined;
  if (Number.isInteger(version) && version >= -(2 ** 31) && version < 2 ** 31 && version !== -1)
    return version;
  throw invalid('version', version, 'the version of a stat, or leave it out for any', path);
}

/** What a znode is to hold. */
export function checkData(data: Buffer | string | undefined, path: string): Buffer {
  if (data === undefined) return Buffer.alloc(0);
  if (typeof data === 'string') return Buffer.from(data);
  if ((data as unknown) instanceof Uint8Array) return Buffer.isBuffer(data) ? data : Buffer.from(data);
  throw invalid('data', data, 'a string or a Buffer', path);
}

/** A name that others read: of a candidate, of a contender. */
export function checkId(id: string, name = 'id'): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (typeof id === 'string' && id !== '' && !/[\u0000-\u001f\u007f-\u009f]/.test(id)) return id;
  throw invalid(name, id, 'a text that is not empty and has no control characters');
}

export function checkFunction(value: unknown, name: string): void {
  if (typeof value !== 'function') throw invalid(name, value, 'a function');
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 60));
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}
