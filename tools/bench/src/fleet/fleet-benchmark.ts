import { fitCapacity } from '../capacity/capacity-model.js';
import { capacityNotes } from '../capacity/capacity-notes.js';
import type { Section } from '../report/section.js';
import { formatSpread, quantile, spreadOf } from '../spread.js';
import { type Observation, observeFleet, observeFleetsTogether, TICK_MS } from './observation.js';
import { STORE_ROLE } from './process-cost.js';
import { measureRestedWork, restedWorkNote } from './rested-work.js';

export interface FleetBenchmarkOptions {
  readonly sizes: readonly number[];
  /** How long each fleet is observed once it is complete. */
  readonly seconds: number;
  readonly print: (line: string) => void;
}

/** Of a warning that names its sensors. */
const MAX_SENTENCE = 160;

const NOTES = [
  'One ZooKeeper, at most ten agents, one leader, the ingest API with the embedded store, a tick every 5 s. Lateness is from ' +
    'the tick to the arrival of its mean at a watcher of the stream: read, encoded, sent, stored and published.',
];

const COST_NOTE =
  'CPU in cores, memory as the peak of the largest process of a kind; beside it what of that are pages of files, of the ' +
  'program and the data file, which the system takes back when it needs memory.';

/** Fleets of growing size on one machine: how late their ticks are stored, what is missing, what each process costs. */
export async function fleetBenchmark(options: FleetBenchmarkOptions): Promise<Section> {
  const rested = await measureRestedWork(TICK_MS);
  const observed = await observe(options);
  return {
    title: `Fleets on one machine, ${options.seconds} s each`,
    notes: [
      ...NOTES,
      'A fleet is observed from when two ticks in a row of each group were stored before the next one was due. A whole tick is ' +
        'from the begin of the read to the acknowledgement of the report.',
      restedWorkNote(rested, TICK_MS),
      `Sensors are in groups of at most 10,000, all of them led by one process. ${COST_NOTE}`,
      ...capacityNotes(observed),
      ...observed.flatMap(troubles),
    ],
    columns: [
      'sensors',
      'groups',
      'ticks',
      'missing',
      'late by, ms',
      'p99, ms',
      'read, ms',
      'sent, ms',
      'whole tick, ms',
      'CPU and memory',
    ],
    rows: observed.map((observation) => [
      ...[observation.sensors, observation.groups].map((count) => count.toLocaleString('en')),
      ...latenessCells(observation),
      ...[observation.readMs, observation.sendMs].map((ms) => (Number.isNaN(ms) ? '–' : ms.toFixed(0))),
      wholeTickCell(observation),
      costCell(observation),
    ]),
    plots: [
      latenessPlot(observed),
      ...['ZooKeeper', 'agents', 'leader', STORE_ROLE].map((role) => ({
        title: `CPU of ${role}`,
        unit: 'cores',
        bars: observed.flatMap(({ sensors, cost: { [role]: cost } }) =>
          cost === undefined ? [] : [{ name: nameOf(sensors), spread: spreadOf([cost.cores]) }],
        ),
      })),
    ].filter(({ bars }) => bars.length > 0),
    data: { rested, observed, model: fitCapacity(observed) },
  };
}

export interface TicksBenchmarkOptions extends Pick<FleetBenchmarkOptions, 'seconds' | 'print'> {
  /** Fleets of one list run at the same time. */
  readonly sizes: readonly (readonly number[])[];
}

/** How late ticks are over a longer time, and whether they become later. */
export async function ticksBenchmark({ sizes, seconds, print }: TicksBenchmarkOptions): Promise<Section> {
  const rested = await measureRestedWork(TICK_MS);
  const observed: Observation[] = [];
  for (const together of sizes) {
    const few = await observeFleetsTogether(together, seconds);
    for (const observation of few) show(observation, print);
    observed.push(...few);
  }
  return {
    title: `Lateness of ticks over ${seconds} s`,
    notes: [
      ...NOTES,
      `On the one machine at the same time: ${sizes.map((few) => few.map(nameOf).join(' and ')).join('; then ')}. Each fleet ` +
        'has a ZooKeeper, an API and a store of its own. A whole tick is from the begin of the read to the acknowledgement of ' +
        `the report. ${COST_NOTE}`,
      restedWorkNote(rested, TICK_MS),
      ...observed.flatMap(troubles),
    ],
    columns: [
      'sensors',
      'ticks',
      'missing',
      'late by, ms',
      'p99, ms',
      'whole tick, ms',
      'drift, ms a minute',
      'CPU and memory',
    ],
    rows: observed.map((observation) => [
      observation.sensors.toLocaleString('en'),
      ...latenessCells(observation),
      wholeTickCell(observation),
      Number.isNaN(observation.driftMsPerMinute) ? '–' : observation.driftMsPerMinute.toFixed(2),
      costCell(observation),
    ]),
    plots: [latenessPlot(observed)].filter(({ bars }) => bars.length > 0),
    data: { rested, observed },
  };
}

async function observe({ sizes, seconds, print }: FleetBenchmarkOptions): Promise<Observation[]> {
  const observed: Observation[] = [];
  for (const sensors of sizes) {
    const observation = await observeFleet(sensors, seconds);
    observed.push(observation);
    show(observation, print);
    // A larger one would fail as well, after a longer wait.
    if (observation.failure !== undefined) break;
  }
  return observed;
}

function show(observation: Observation, print: FleetBenchmarkOptions['print']): void {
  const [ticks, missing, late, p99] = latenessCells(observation);
  print(
    `  ${observation.sensors} sensors: ${ticks} ticks, ${missing} missing, late by ${late} ms, p99 ${p99} ms`,
  );
  print(`    ${costCell(observation)}`);
  for (const line of troubles(observation)) print(`    ${line}`);
}

function latenessCells({ latenessMs, missing, failure }: Observation): [string, string, string, string] {
  if (failure !== undefined || latenessMs.length === 0) return ['0', 'all', '–', '–'];
  return [
    String(latenessMs.length),
    String(missing),
    formatSpread(spreadOf(latenessMs), 0),
    quantile(latenessMs, 0.99).toFixed(0),
  ];
}

function wholeTickCell({ wholeMs }: Observation): string {
  return wholeMs.length === 0 ? '–' : formatSpread(spreadOf(wholeMs), 0);
}

function costCell({ cost }: Observation): string {
  const parts = Object.entries(cost).map(
    ([role, { cores, memoryMb, filePagesMb }]) =>
      `${role} ${cores.toFixed(2)}, ${Math.round(memoryMb)} MB (${Math.round(filePagesMb)} of files)`,
  );
  return parts.length === 0 ? '–' : parts.join('; ');
}

/** What broke, as sentences. */
function troubles({ sensors, failure, warnings }: Observation): string[] {
  const most = Object.entries(warnings).toSorted(([, one], [, other]) => other - one);
  const said = most.slice(0, 3).map(([sentence, times]) => `“${shortened(sentence)}” (${times})`);
  return [
    ...(failure === undefined ? [] : [`${nameOf(sensors)}: ${failure}.`]),
    ...(said.length === 0 ? [] : [`${nameOf(sensors)} warned: ${said.join(', ')}.`]),
  ];
}

function shortened(sentence: string): string {
  return sentence.length <= MAX_SENTENCE ? sentence : `${sentence.slice(0, MAX_SENTENCE)}…`;
}

function latenessPlot(observed: readonly Observation[]): Section['plots'][number] {
  return {
    title: 'From the tick to its arrival',
    unit: 'ms',
    bars: observed
      .filter(({ latenessMs }) => latenessMs.length > 0)
      .map(({ sensors, latenessMs }) => ({ name: nameOf(sensors), spread: spreadOf(latenessMs) })),
  };
}

function nameOf(sensors: number): string {
  return `${sensors.toLocaleString('en')} sensors`;
}
