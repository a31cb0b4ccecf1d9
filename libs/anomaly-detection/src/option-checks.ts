import { InvalidOptionError } from './errors.js';

/** Returns `value` if it is an integer of at least `min` and at most `max`; throws {@link InvalidOptionError}. */
export function integerBetween(option: string, value: number, min: number, max: number): number {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw InvalidOptionError.outOfRange(option, value, `an integer from ${min} to ${max}`);
  }
  return value;
}

/** Returns `value` if it is a finite number above 0; throws {@link InvalidOptionError}. */
export function positive(option: string, value: number): number {
  if (!Number.isFinite(value) || value <= 0) {
    throw InvalidOptionError.outOfRange(option, value, 'a finite number above 0');
  }
  return value;
}

/** Returns `value` if it is a finite number of at least 0; throws {@link InvalidOptionError}. */
export function notNegative(option: string, value: number): number {
  if (!Number.isFinite(value) || value < 0) {
    throw InvalidOptionError.outOfRange(option, value, 'a finite number of at least 0');
  }
  return value;
}

/** Throws {@link InvalidOptionError} for options that do not exist, so that a misspelt one does not go unnoticed. */
export function onlyKnown(options: object, known: readonly string[]): void {
  for (const option of Object.keys(options)) {
    if (!known.includes(option)) {
      throw InvalidOptionError.unknown(option, known);
    }
  }
}
