import { docker, missingEngine } from '../engine/docker.js';
import { type FaultResult, run } from './run.js';
import { readSettings, USAGE } from './settings.js';

/**
 * The fault test as a command: prints what it does and a table of its results, and sets the exit code of the process: 0
 * when no tick is missing.
 */
export async function e2eCommand(args: string[]): Promise<void> {
  try {
    if (args.includes('--help')) console.log(USAGE);
    else process.exitCode = await faultTest();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

async function faultTest(): Promise<number> {
  const settings = readSettings(process.env);
  const missing = await missingEngine();
  if (missing !== undefined) throw new Error(missing);
  const joined = await joinSwarm();
  try {
    const results = await run(settings, interruption());
    report(results);
    return results.every((result) => result.missing.length === 0) ? 0 : 1;
  } finally {
    if (joined && !settings.KEEP) await docker(['swarm', 'leave', '--force']);
  }
}

/** Aborted by the first SIGINT or SIGTERM: what was made is removed before the process ends. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      controller.abort(new Error(`Ended by ${name}`));
    });
  }
  return controller.signal;
}

/** Makes this engine a swarm of its own if it is in none; returns whether it did. */
async function joinSwarm(): Promise<boolean> {
  const state = await docker(['info', '--format', '{{.Swarm.LocalNodeState}}']);
  if (state === 'active') return false;
  await docker(['swarm', 'init', '--advertise-addr', '127.0.0.1']);
  return true;
}

function report(results: FaultResult[]): void {
  console.log('\n| fault | ticks | missing | newest tick at most old |\n| --- | --- | --- | --- |');
  for (const { name, ticks, missing, longestLagMs } of results) {
    console.log(`| ${name} | ${ticks} | ${missing.length} | ${(longestLagMs / 1000).toFixed(1)} s |`);
  }
}
