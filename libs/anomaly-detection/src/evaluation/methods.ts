import { createHampelDetector } from '../hampel/hampel-detector.js';
import { HAMPEL_DEFAULTS, type HampelOptions } from '../hampel/hampel-options.js';
import { MAD_TO_STANDARD_DEVIATION } from '../robust/robust-scale.js';
import { SortedWindow } from '../robust/sorted-window.js';

/** A way of marking values, to be measured. `start` begins a series; the function it returns says "anomalous". */
export interface Method {
  readonly name: string;
  readonly start: () => (sample: { timestamp: number; value: number }) => boolean;
}

const WINDOW_SIZE = HAMPEL_DEFAULTS.windowSize;
const WARM_UP = HAMPEL_DEFAULTS.warmUp;

/** The detector of this library with its defaults. */
export const OURS: Method = ours('ours', {});

/** Methods of the first table: what one would write first, the textbook filter, and ours. */
export const COMPARED_METHODS: readonly Method[] = [
  { name: 'z-score, 3 σ', start: () => rollingZScore(3) },
  { name: 'plain Hampel, 3', start: () => plainHampel(3) },
  { name: 'plain Hampel, 5', start: () => plainHampel(5) },
  OURS,
];

/** Methods of the second table: what each choice in our detector is worth. */
export const VARIANTS: readonly Method[] = [
  OURS,
  ours('excluded', { anomalies: 'excluded' }),
  ours('raw', { anomalies: 'raw' }),
  ours('no acceptance', { acceptShiftAfter: 1_000 }),
  ours('excluded, no acceptance', { anomalies: 'excluded', acceptShiftAfter: 1_000 }),
  ours('long level', { levelWindowSize: WINDOW_SIZE }),
  ours('short window', { windowSize: 60 }),
  ours('gaps ignored', { maxGapMs: Infinity }),
  ours('no resolution', { resolution: 0 }),
];

function ours(name: string, options: HampelOptions): Method {
  return {
    name,
    start: () => {
      const detector = createHampelDetector(options);
      return (sample) => detector.push(sample)?.anomalous === true;
    },
  };
}

/** Mean and standard deviation of the last values, anomalies among them. */
function rollingZScore(threshold: number): (sample: { value: number }) => boolean {
  const window: number[] = [];
  return ({ value }) => {
    const mean = window.reduce((sum, each) => sum + each, 0) / window.length;
    const variance = window.reduce((sum, each) => sum + (each - mean) ** 2, 0) / window.length;
    const anomalous = window.length >= WARM_UP && Math.abs(value - mean) > threshold * Math.sqrt(variance);
    window.push(value);
    if (window.length > WINDOW_SIZE) window.shift();
    return anomalous;
  };
}

/** Median and MAD of the last values, anomalies among them, without a floor. */
function plainHampel(threshold: number): (sample: { value: number }) => boolean {
  const window = new SortedWindow(WINDOW_SIZE);
  return ({ value }) => {
    const allowed = threshold * MAD_TO_STANDARD_DEVIATION * window.medianAbsoluteDeviation();
    const anomalous = window.size >= WARM_UP && Math.abs(value - window.median()) > allowed;
    window.push(value);
    return anomalous;
  };
}
