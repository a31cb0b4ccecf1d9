import { UnorderedMeasurementsError } from '../errors.js';
import { createHampelDetector, type Sample } from './hampel-detector.js';
import { type HampelOptions } from './hampel-options.js';

/** Name under which results of the detector of one series are reported. */
export const HAMPEL_METHOD = 'hampel';

/** A value that is out of line with the past of its series. */
export interface SeriesAnomaly {
  readonly timestamp: number;
  readonly value: number;
  readonly method: typeof HAMPEL_METHOD;
  /** Distance from the expected value in robust standard deviations. */
  readonly score: number;
  readonly expected: { readonly min: number; readonly max: number };
}

/**
 * The anomalies of a stored range, oldest first: what {@link createHampelDetector} finds when it is given the
 * measurements one by one. The first `warmUp` of them are learnt from and never reported, so read the range from
 * that much earlier than the time of interest.
 *
 * @param measurements oldest first, one for each timestamp; values that are not finite count as missing
 * @throws UnorderedMeasurementsError, InvalidOptionError
 */
export function detectAnomalies(
  measurements: Iterable<Sample>,
  options: HampelOptions = {},
): SeriesAnomaly[] {
  const detector = createHampelDetector(options);
  const anomalies: SeriesAnomaly[] = [];
  let index = 0;
  let previous = -Infinity;
  for (const { timestamp, value } of measurements) {
    if (!(timestamp > previous)) throw new UnorderedMeasurementsError(index, timestamp, previous);
    const judgement = detector.push({ timestamp, value });
    if (judgement?.anomalous === true) {
      const { score, expected } = judgement;
      anomalies.push({ timestamp, value, method: HAMPEL_METHOD, score, expected });
    }
    previous = timestamp;
    index += 1;
  }
  return anomalies;
}
