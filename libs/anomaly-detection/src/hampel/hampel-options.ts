import { InvalidOptionError } from '../errors.js';
import { integerBetween, notNegative, onlyKnown, positive } from '../option-checks.js';

/** How an anomalous value enters what the detector learns from. */
export type AnomalyLearning = 'winsorised' | 'excluded' | 'raw';

/** Parameters of the detector of one series. All have defaults. */
export interface HampelOptions {
  /** Residuals from which the spread is estimated; 5 to 100,000, default 120. */
  readonly windowSize?: number;
  /** Values whose median is the level; 3 to 100,000, default 15. A longer one is steadier, but lags behind a drift more. */
  readonly levelWindowSize?: number;
  /** Finite values that are learnt from before the first verdict; 5 to 100,000, default 30. */
  readonly warmUp?: number;
  /** Robust standard deviations from the expected value beyond which a value is anomalous; default 5. */
  readonly threshold?: number;
  /**
   * Anomalies in a row, all above or all below, after which their level is the new normal; 2 to 1,000, default 10.
   * More than this number among the last 2 × this number of values, on either side, make their spread the new normal.
   */
  readonly acceptShiftAfter?: number;
  /**
   * A longer silence than this empties the level, which is then learnt anew from five values; Infinity for never.
   * Left out, it is ten times the median of the last 15 intervals.
   */
  readonly maxGapMs?: number;
  /**
   * Smallest difference that means something, in the unit of the values; 0 for none. Left out, it is estimated
   * from the decimals of the values. The spread is taken for at least 0.74 of it.
   */
  readonly resolution?: number;
  /**
   * How anomalous values enter the windows: moved to the nearest end of the expected range (`winsorised`, the
   * default), left out (`excluded`), or as they are (`raw`). The README shows what each costs.
   */
  readonly anomalies?: AnomalyLearning;
}

/** Checked options with every default filled in. */
export interface HampelParameters {
  readonly windowSize: number;
  readonly levelWindowSize: number;
  readonly warmUp: number;
  readonly threshold: number;
  readonly acceptShiftAfter: number;
  readonly maxGapMs: number | undefined;
  readonly resolution: number | undefined;
  readonly anomalies: AnomalyLearning;
}

/** What holds where an option is left out. */
export const HAMPEL_DEFAULTS: HampelParameters = Object.freeze({
  windowSize: 120,
  levelWindowSize: 15,
  warmUp: 30,
  threshold: 5,
  acceptShiftAfter: 10,
  maxGapMs: undefined,
  resolution: undefined,
  anomalies: 'winsorised',
});

const LEARNINGS: readonly string[] = ['winsorised', 'excluded', 'raw'] satisfies AnomalyLearning[];
const MAX_WINDOW = 100_000;

/** Fills in the defaults; throws InvalidOptionError for the first option that is out of its range. */
export function hampelParameters(options: HampelOptions): HampelParameters {
  onlyKnown(options, Object.keys(HAMPEL_DEFAULTS));
  const given = { ...HAMPEL_DEFAULTS, ...withoutUndefined(options) };
  if (!LEARNINGS.includes(given.anomalies)) {
    throw InvalidOptionError.outOfRange('anomalies', given.anomalies, `one of ${LEARNINGS.join(', ')}`);
  }
  return Object.freeze({
    windowSize: integerBetween('windowSize', given.windowSize, 5, MAX_WINDOW),
    levelWindowSize: integerBetween('levelWindowSize', given.levelWindowSize, 3, MAX_WINDOW),
    warmUp: integerBetween('warmUp', given.warmUp, 5, MAX_WINDOW),
    threshold: positive('threshold', given.threshold),
    acceptShiftAfter: integerBetween('acceptShiftAfter', given.acceptShiftAfter, 2, 1_000),
    maxGapMs: gap(given.maxGapMs),
    resolution: given.resolution === undefined ? undefined : notNegative('resolution', given.resolution),
    anomalies: given.anomalies,
  });
}

function gap(maxGapMs: number | undefined): number | undefined {
  return maxGapMs === undefined || maxGapMs === Infinity ? maxGapMs : positive('maxGapMs', maxGapMs);
}

function withoutUndefined(options: HampelOptions): HampelOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
