import { loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { chromiumLaunchOptions } from '@atalaya/test-kit';
import { type Browser, chromium } from 'playwright-core';
import type { Section } from '../report/section.js';
import { formatSpread, spreadOf } from '../spread.js';
import { type LongestTask, loadPage, type PageLoad, traceTasks } from './page-load.js';
import { type PageMemory, watchMemory } from './page-memory.js';
import { PagesSystem } from './pages-system.js';
import { TICK_MS } from './shown-reports.js';

const SENSORS = 1_000;
const RANGES = ['15m', '1h', '6h', '24h', '7d', '30d'] as const;
/** The time that passes on the pages must not reach that of the machine. */
const CLOCK_BACK_MS = 3 * 3_600_000;

export interface PagesBenchmarkOptions {
  /** How far back the means reach. */
  readonly days: number;
  readonly rounds: number;
  /** How long an open page is watched for long tasks. */
  readonly liveS: number;
  /** Ticks that a page is kept open for, in compressed time. */
  readonly updates: number;
  readonly print: (line: string) => void;
}

/** The overview over days of ticks and 1,000 sensors in a real browser: what it costs to load, to follow and to keep open. */
export async function pagesBenchmark(options: PagesBenchmarkOptions): Promise<Section> {
  const { days, rounds, liveS, updates, print } = options;
  print(`Pages: ${days} days of ticks each 5 s, ${SENSORS} sensors; load ${loadavg()[0]?.toFixed(1)}`);
  const begun = performance.now();
  await using system = await PagesSystem.start({ sensors: SENSORS, days, shiftMs: CLOCK_BACK_MS });
  print(`  stored in ${Math.round((performance.now() - begun) / 1_000)} s`);
  await using browser = await chromium.launch(chromiumLaunchOptions());
  const rows: string[][] = [];
  const loads: Record<string, PageLoad[]> = {};
  await ticking(system, async () => {
    // The first page of a browser pays for what the others find ready.
    await (await loadPage(browser, system.url)).page.close();
    for (const range of RANGES) {
      const found: PageLoad[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const { load, page } = await loadPage(browser, `${system.url}/?range=${range}`);
        await page.close();
        found.push(load);
      }
      loads[range] = found;
      rows.push(rowOf(range, found));
      print(`  ${COLUMNS.map((column, at) => `${column} ${rows.at(-1)?.[at]}`).join(', ')}`);
    }
  });
  const live = await ticking(system, () => longestWhileLive(browser, system, liveS));
  print(`  longest task while live for ${liveS} s: ${taskText(live)}`);
  const memory = await watchMemory(browser, system, { updates, samples: 6 });
  for (const sample of memory) print(`  ${memoryText(sample)}`);
  const load = loadavg().map((part) => part.toFixed(1));
  print(`  load at the end ${load.join(', ')}`);
  return {
    title: `Pages: the overview with ${days} days of ticks each 5 s and ${SENSORS} sensors`,
    notes: [
      'A fresh Chromium context for each load, nothing cached, no slowed network. `interactive` is when the script has ' +
        'drawn the curve and the page is connected to the stream; `kB` is all that was sent until the page was at rest.',
      `While it was open for ${liveS} s with a tick each 5 s, the longest task of the page took ${taskText(live)}.`,
      `Memory over ${updates} ticks of 5 s, which the clocks of the page and the API jumped over: ` +
        `${memory.map(memoryText).join('; ')}.`,
    ],
    columns: COLUMNS,
    rows,
    plots: [
      {
        title: 'Until the page is interactive',
        unit: 'ms',
        bars: Object.entries(loads).map(([name, found]) => ({
          name,
          spread: spreadOf(found.map(({ interactiveMs }) => interactiveMs)),
        })),
      },
    ],
    data: { loads, longestTaskWhileLive: live, memory },
  };
}

const COLUMNS = [
  'range',
  'kB',
  'requests',
  'first paint, ms',
  'interactive, ms',
  'sensors, ms',
  'longest task, ms',
  'of its core, ms',
];

function rowOf(range: string, loads: readonly PageLoad[]): string[] {
  const figure = (pick: (load: PageLoad) => number): string => formatSpread(spreadOf(loads.map(pick)), 0);
  return [
    range,
    figure(({ bytes }) => bytes / 1_000),
    figure(({ requests }) => requests),
    figure(({ firstContentfulPaintMs }) => firstContentfulPaintMs),
    figure(({ interactiveMs }) => interactiveMs),
    figure(({ cardsMs }) => cardsMs),
    figure(({ longestTask }) => longestTask.wallMs),
    figure(({ longestTask }) => longestTask.cpuMs),
  ];
}

function taskText({ wallMs, cpuMs }: LongestTask): string {
  return `${wallMs.toFixed(1)} ms by the clock, ${cpuMs.toFixed(1)} ms of its core`;
}

function memoryText({ updates, heapMb, nodes, listeners }: PageMemory): string {
  return `after ${updates} ${heapMb.toFixed(2)} MB, ${nodes} nodes, ${listeners} listeners`;
}

async function longestWhileLive(
  browser: Browser,
  system: PagesSystem,
  seconds: number,
): Promise<LongestTask> {
  const { page } = await loadPage(browser, system.url);
  const trace = await traceTasks(browser, page);
  await delay(seconds * 1_000);
  const longest = await trace();
  await page.close();
  return longest;
}

/** Stores a tick each 5 s while something is done. */
async function ticking<T>(system: PagesSystem, work: () => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const ticks = (async () => {
    while (!stop.signal.aborted) {
      await system.tick();
      await delay(TICK_MS, undefined, { signal: stop.signal }).catch(() => {});
    }
  })();
  try {
    return await work();
  } finally {
    stop.abort();
    await ticks;
  }
}
