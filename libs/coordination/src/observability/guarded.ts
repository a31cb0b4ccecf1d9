import type { Logger } from './logger.js';
import type { Meter } from './meter.js';

/** A logger that throws loses its own line, and nothing else. */
export function guardedLogger(logger: Logger): Logger {
  const guarded =
    (level: keyof Logger): Logger['info'] =>
    (details, message) => {
      try {
        logger[level](details, message);
      } catch {
        // Where a log cannot be written, there is no place to say so.
      }
    };
  return { debug: guarded('debug'), info: guarded('info'), warn: guarded('warn'), error: guarded('error') };
}

/** A meter that throws loses its own measurement, and is reported once. */
export function guardedMeter(meter: Meter, logger: Logger): Meter {
  let reported = false;
  const guarded = (measure: () => void): void => {
    try {
      measure();
    } catch (error) {
      if (!reported) logger.error({ err: error }, 'The meter threw: its measurements are lost');
      reported = true;
    }
  };
  return {
    set: (name, value) => {
      guarded(() => {
        meter.set(name, value);
      });
    },
    increment: (name) => {
      guarded(() => {
        meter.increment(name);
      });
    },
    observe: (name, value) => {
      guarded(() => {
        meter.observe(name, value);
      });
    },
  };
}
