import { randomInt } from 'node:crypto';
import type { Source } from './source.js';

/** Uniformly distributed integers from `min` to `max`, both included; their distance is below 2^48 - 1. */
export function randomSource(min: number, max: number): Source {
  return {
    description: `random integers from ${min} to ${max}`,
    perSensor: true,
    read: () => Promise.resolve(randomInt(min, max + 1)),
  };
}
