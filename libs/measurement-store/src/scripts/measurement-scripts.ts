import { clearGroupScript } from './clear-group.js';
import { createSeriesScript } from './create-series.js';
import { insertNowScript } from './insert-now.js';
import { recordSensorsScript } from './record-sensors.js';
import { recordTickScript } from './record-tick.js';
import { type ServerScript } from './server-script.js';

/** Every script that the store runs; a server without Lua needs them to run their JavaScript form. */
export const measurementScripts: ServerScript[] = [
  recordTickScript,
  recordSensorsScript,
  createSeriesScript,
  insertNowScript,
  clearGroupScript,
];
