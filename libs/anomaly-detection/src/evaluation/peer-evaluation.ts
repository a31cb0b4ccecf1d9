import { detectPeerOutliers } from '../peers/detect-peer-outliers.js';
import { MAD_TO_STANDARD_DEVIATION } from '../robust/robust-scale.js';
import { SortedWindow } from '../robust/sorted-window.js';
import { RandomNumbers } from './random-numbers.js';

const TICKS = 5_000;
const FLEET_SIZES = [6, 10, 20, 50] as const;
const OFFSETS = [20, 40, 80] as const;

/** How a comparison of sensors did on a fleet of one size. */
export interface PeerMeasured {
  readonly sensors: number;
  readonly method: string;
  /** Ticks without a bad sensor at which one was named, per 1,000. */
  readonly falseAlarmsPerThousandTicks: number;
  /** Share of the ticks at which the one bad sensor was named, for each of the offsets. */
  readonly recalls: readonly { offset: number; recall: number }[];
}

type NamedSensors = (values: ReadonlyMap<string, number>) => string[];

const METHODS: readonly { name: string; named: NamedSensors }[] = [
  { name: 'plain median and MAD, 5', named: plainMedianAndMad },
  { name: 'ours', named: (values) => detectPeerOutliers(values, 0).map(({ sensor }) => sensor) },
];

/** Fleets whose sensors give integers from 75 to 85, with no bad sensor and with one that is off by an offset. */
export function measurePeers(): PeerMeasured[] {
  return FLEET_SIZES.flatMap((sensors) =>
    METHODS.map(({ name, named }) => ({
      sensors,
      method: name,
      falseAlarmsPerThousandTicks: shareOfTicks(sensors, 0, (values) => named(values).length > 0) * 1_000,
      recalls: OFFSETS.map((offset) => ({
        offset,
        recall: shareOfTicks(sensors, offset, (values) => named(values).includes('sensor-1')),
      })),
    })),
  );
}

/** The share of ticks of a fleet, whose first sensor is off by `offset`, that meet a condition. */
function shareOfTicks(
  sensors: number,
  offset: number,
  isMet: (values: ReadonlyMap<string, number>) => boolean,
): number {
  const random = new RandomNumbers(sensors * 1_000 + offset);
  let met = 0;
  for (let tick = 0; tick < TICKS; tick += 1) {
    const values = new Map<string, number>();
    for (let sensor = 1; sensor <= sensors; sensor += 1) {
      values.set(`sensor-${sensor}`, random.integer(75, 85) + (sensor === 1 ? random.sign() * offset : 0));
    }
    if (isMet(values)) met += 1;
  }
  return met / TICKS;
}

function plainMedianAndMad(values: ReadonlyMap<string, number>): string[] {
  const window = SortedWindow.of([...values.values()]);
  const allowed = 5 * MAD_TO_STANDARD_DEVIATION * window.medianAbsoluteDeviation();
  return [...values].filter(([, value]) => Math.abs(value - window.median()) > allowed).map(([id]) => id);
}
