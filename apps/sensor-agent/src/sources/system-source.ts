import { freemem, loadavg, totalmem } from 'node:os';
import type { Source } from './source.js';

/** The load average of the last minute, as `uptime` shows it: runnable processes, no unit, two decimals. */
export function systemLoadSource(): Source {
  return {
    description: 'load average of the last minute',
    perSensor: false,
    read: () => Promise.resolve(roundToHundredths(loadavg()[0] ?? 0)),
  };
}

/** The part of the machine's memory that is not available to new processes, in percent from 0 to 100, two decimals. */
export function systemMemorySource(): Source {
  return {
    description: 'memory in use, in percent',
    perSensor: false,
    read: () => Promise.resolve(roundToHundredths(100 * (1 - freemem() / totalmem()))),
  };
}

function roundToHundredths(value: number): number {
  return Math.round(value * 100) / 100;
}
