import { integerBetween, notNegative, onlyKnown, positive } from '../option-checks.js';
import { judge } from '../robust/judgement.js';
import { ResolutionEstimate } from '../robust/resolution.js';
import { finite, scaleFromMad, scaleFromQuantile, smallestScale } from '../robust/robust-scale.js';
import { SortedWindow } from '../robust/sorted-window.js';

/** Name under which results of the comparison of sensors are reported. */
export const PEERS_METHOD = 'peers';

/** A sensor whose value is out of line with the other sensors' at the same time. */
export interface PeerOutlier {
  readonly sensor: string;
  readonly timestamp: number;
  readonly value: number;
  readonly method: typeof PEERS_METHOD;
  /** Distance from the median of the sensors in robust standard deviations. */
  readonly score: number;
  readonly expected: { readonly min: number; readonly max: number };
}

/** Parameters of the comparison of sensors. All have defaults. */
export interface PeerOptions {
  /** Other sensors a sensor is compared with, at least; with fewer nobody is named; 3 to 1,000,000, default 5. */
  readonly minPeers?: number;
  /** Robust standard deviations from the median beyond which a sensor is out of line; default 5. */
  readonly threshold?: number;
  /** Smallest difference that means something; estimated from the decimals of the values if left out. */
  readonly resolution?: number;
}

/** What holds where an option is left out; the resolution is then estimated. */
export const PEER_DEFAULTS = Object.freeze({ minPeers: 5, threshold: 5 });

/**
 * The sensors that are out of line with their peers at one tick, in the order in which they were given.
 *
 * The sensors must measure the same quantity at comparable places: one that is always different is named at every
 * tick. The centre is the median of all sensors. The scale is the larger of 1.4826 × MAD and the upper quartile of
 * the absolute deviations / 1.1503, because the MAD of a few values is often near 0 by chance; the price is that only
 * fewer than a quarter of the sensors can be out of line and be found. Both are widened for few
 * sensors by 1 + 6 / sensors, and `smallestScale` bounds them from below. Values that are not finite are left out. Time O(n log n).
 *
 * @param valuesBySensor ids with values
 * @param timestamp the tick, in ms since the Unix epoch; it is passed on to the results
 * @throws InvalidOptionError
 */
export function detectPeerOutliers(
  valuesBySensor: Iterable<readonly [sensor: string, value: number]> | Readonly<Record<string, number>>,
  timestamp: number,
  options: PeerOptions = {},
): PeerOutlier[] {
  onlyKnown(options, ['minPeers', 'threshold', 'resolution']);
  const minPeers = integerBetween('minPeers', options.minPeers ?? PEER_DEFAULTS.minPeers, 3, 1_000_000);
  const threshold = positive('threshold', options.threshold ?? PEER_DEFAULTS.threshold);
  const resolution =
    options.resolution === undefined ? undefined : notNegative('resolution', options.resolution);

  const readings = entriesOf(valuesBySensor).filter(([, value]) => Number.isFinite(value));
  if (readings.length <= minPeers) return [];
  const { centre, scale } = centreAndScale(
    readings.map(([, value]) => value),
    resolution,
  );
  const outliers: PeerOutlier[] = [];
  for (const [sensor, value] of readings) {
    const { anomalous, score, expected } = judge(value, centre, scale, threshold);
    if (anomalous) outliers.push({ sensor, timestamp, value, method: PEERS_METHOD, score, expected });
  }
  return outliers;
}

function entriesOf(
  valuesBySensor: Iterable<readonly [string, number]> | Readonly<Record<string, number>>,
): (readonly [string, number])[] {
  return Symbol.iterator in valuesBySensor ? [...valuesBySensor] : Object.entries(valuesBySensor);
}

function centreAndScale(
  values: readonly number[],
  givenResolution: number | undefined,
): { centre: number; scale: number } {
  const window = SortedWindow.of(values);
  const resolution = givenResolution ?? ResolutionEstimate.of(values).step();
  const centre = window.median();
  const scale = Math.max(
    scaleFromMad(window),
    scaleFromQuantile(window, 0.75),
    smallestScale(centre, resolution),
  );
  return { centre, scale: finite(scale) };
}
