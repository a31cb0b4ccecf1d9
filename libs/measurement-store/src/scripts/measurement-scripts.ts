import { clearGroupScript } from './clear-group.js';
import { createSeriesScript } from './create-series.js';
import { cutSeriesScript } from './cut-series.js';
import { fillBucketsScript } from './fill-buckets.js';
import { forgetSensorsScript } from './forget-sensors.js';
import { insertNowScript } from './insert-now.js';
import { makeRulesScript } from './make-rules.js';
import { recordSensorsScript } from './record-sensors.js';
import { recordTicksScript } from './record-ticks.js';
import { repairGroupScript } from './repair-group.js';
import { type ServerScript } from './server-script.js';

/** Every script that the store runs; a server without Lua needs them to run their JavaScript form. */
export const measurementScripts: ServerScript[] = [
  recordTicksScript,
  recordSensorsScript,
  createSeriesScript,
  insertNowScript,
  clearGroupScript,
  forgetSensorsScript,
  makeRulesScript,
  fillBucketsScript,
  cutSeriesScript,
  repairGroupScript,
];
