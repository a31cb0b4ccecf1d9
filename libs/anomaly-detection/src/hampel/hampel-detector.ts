import { type Judgement, judge } from '../robust/judgement.js';
import { ResolutionEstimate } from '../robust/resolution.js';
import { finite, robustScale } from '../robust/robust-scale.js';
import { SortedWindow } from '../robust/sorted-window.js';
import { type HampelOptions, type HampelParameters, hampelParameters } from './hampel-options.js';
import { RecentVerdicts, type RegimeChange, type Side } from './recent-verdicts.js';
import { SamplingGaps } from './sampling-gaps.js';

/** One value of a series. */
export interface Sample {
  /** Milliseconds since the Unix epoch. */
  readonly timestamp: number;
  readonly value: number;
}

/** Judges the values of one series as they arrive. */
export interface HampelDetector {
  /**
   * Judges a value by those before it, then learns from it.
   *
   * - `undefined` while warming up, in the first four values after a gap (see `maxGapMs`), and for a value that
   *   is not finite, which counts as missing.
   * - A value that is not newer than the newest seen is judged by what is known now and not learnt from.
   * - Time O(windowSize) at most, no I/O, never throws.
   */
  push(sample: Sample): Judgement | undefined;
}

/** Values from which a level is taken for known, after a gap. */
const MIN_LEVEL_SIZE = 5;

/**
 * Makes the detector of one series: a Hampel filter that looks backwards only, so that it can judge a value when it
 * arrives, in two stages.
 *
 * 1. The level is the median of the last `levelWindowSize` values.
 * 2. A residual is a value minus the level before it. A value is expected at the level plus the median of the last
 *    `windowSize` residuals; its score is its distance from there divided by 1.4826 × the MAD of these residuals
 *    (see `robustScale` for a MAD of 0 and for few residuals). Beyond `threshold` it is anomalous.
 *
 * A Hampel filter with one window has to choose between a short one, with an uncertain MAD, and a long one, whose
 * median lags behind a drift; here the residuals' median is that lag and takes it out again.
 *
 * Anomalies enter the windows moved to the end of the expected range (winsorised), so that they cannot widen it at
 * will. A lasting shift is marked `acceptShiftAfter` times and then accepted: the level starts from its values, the
 * spread is kept unless it changed as well. A lasting wider spread is accepted likewise (see `acceptShiftAfter`).
 *
 * Memory O(windowSize + levelWindowSize + acceptShiftAfter). State lives in memory: after a restart push the stored
 * values again.
 *
 * Sources: F. R. Hampel, "The influence curve and its role in robust estimation", JASA 69 (1974), 383–393; H. Liu,
 * S. Shah, W. Jiang, "On-line outlier detection and data cleaning", Computers & Chemical Engineering 28 (2004),
 * 1635–1647; R. K. Pearson et al., "Generalized Hampel Filters", EURASIP J. Adv. Signal Process. 2016:87.
 *
 * @throws InvalidOptionError for an option out of its range
 */
export function createHampelDetector(options: HampelOptions = {}): HampelDetector {
  return new TwoStageHampelDetector(hampelParameters(options));
}

class TwoStageHampelDetector implements HampelDetector {
  readonly #parameters: HampelParameters;
  readonly #level: SortedWindow;
  readonly #residuals: SortedWindow;
  readonly #resolution: ResolutionEstimate;
  readonly #recent: RecentVerdicts;
  readonly #gaps: SamplingGaps;
  #learnt = 0;

  constructor(parameters: HampelParameters) {
    this.#parameters = parameters;
    this.#level = new SortedWindow(parameters.levelWindowSize);
    this.#residuals = new SortedWindow(parameters.windowSize);
    this.#resolution = new ResolutionEstimate(parameters.windowSize);
    this.#recent = new RecentVerdicts(parameters.acceptShiftAfter);
    this.#gaps = new SamplingGaps(parameters.maxGapMs);
  }

  push({ timestamp, value }: Sample): Judgement | undefined {
    if (!Number.isFinite(value)) return undefined;
    const late = this.#gaps.isLate(timestamp);
    if (!late && this.#gaps.moveOnTo(timestamp)) this.#forgetLevel();
    const judgement = this.#isReady() ? this.#judge(value) : undefined;
    if (!late) this.#learn(value, judgement);
    return judgement;
  }

  #forgetLevel(): void {
    this.#level.clear();
    this.#recent.clear();
  }

  #isReady(): boolean {
    const enough = Math.min(MIN_LEVEL_SIZE, this.#parameters.levelWindowSize);
    return this.#learnt >= this.#parameters.warmUp && this.#level.size >= enough;
  }

  #judge(value: number): Judgement {
    const centre = finite(this.#level.median() + this.#residuals.median());
    const resolution = this.#parameters.resolution ?? this.#resolution.step();
    const scale = robustScale(this.#residuals, centre, resolution);
    return judge(value, centre, scale, this.#parameters.threshold);
  }

  #learn(value: number, judgement: Judgement | undefined): void {
    this.#learnt += 1;
    this.#resolution.push(value);
    const taken = this.#takenValue(value, judgement);
    if (taken !== undefined) {
      if (this.#level.size > 0) this.#residuals.push(finite(taken - this.#level.median()));
      this.#level.push(taken);
    }
    const change = this.#recent.push(value, sideOf(value, judgement));
    if (change !== undefined) this.#accept(change);
  }

  /** What enters the windows in place of a value; undefined for nothing. */
  #takenValue(value: number, judgement: Judgement | undefined): number | undefined {
    if (judgement?.anomalous !== true || this.#parameters.anomalies === 'raw') return value;
    if (this.#parameters.anomalies === 'excluded') return undefined;
    return Math.min(Math.max(value, judgement.expected.min), judgement.expected.max);
  }

  #accept({ kind, values }: RegimeChange): void {
    this.#level.clear();
    for (const value of values) this.#level.push(value);
    if (kind === 'level' && this.#isExplained(values)) return;
    const level = SortedWindow.of(values).median();
    this.#residuals.clear();
    for (const value of values) this.#residuals.push(finite(value - level));
  }

  /** Whether the new level alone makes most of the values normal; else the spread or the drift changed as well. */
  #isExplained(values: readonly number[]): boolean {
    return values.filter((value) => this.#judge(value).anomalous).length * 2 <= values.length;
  }
}

function sideOf(value: number, judgement: Judgement | undefined): Side {
  if (judgement?.anomalous !== true) return 0;
  return value > judgement.expected.max ? 1 : -1;
}
