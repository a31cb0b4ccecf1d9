import { parseOptions, runCommandLine, UsageError, wholeNumber } from '@atalaya/dev';
import { attack } from './attack/attack.js';
import { exactlyOnce } from './exactly-once/exactly-once.js';
import { hostileClients } from './hostile-clients/hostile-clients.js';
import { hostileKeys } from './hostile-keys/hostile-keys.js';
import { mixedElection } from './mixed-election/mixed-election.js';
import { randomizedFaults } from './coordination/randomized-faults.js';
import { transportNames } from './coordination/transports.js';
import { sessionLosses } from './session-losses/session-losses.js';
import { hostileFrames } from './wire/hostile-frames.js';
import { wireSoak } from './wire/wire-soak.js';

const MAX_SEED = 999_999_999;

type Print = (line: string) => void;
/** A run with its options; the violations it found. */
type Run = (args: readonly string[], print: Print) => Promise<string[]>;

const runs: Readonly<Record<string, Run>> = {
  'exactly-once': exactlyOnceRun,
  coordination: coordinationRun,
  'mixed-election': mixedElectionRun,
  'session-losses': sessionLossesRun,
  'hostile-clients': hostileClientsRun,
  attack: attackRun,
  keys: hostileKeysRun,
  wire: wireRun,
  frames: framesRun,
};

/**
 * `npm run soak -- [<run> [--option value …]]`: a long run under faults, or with no name all of them in turn.
 *
 * - `exactly-once --ticks N --seed N`: ticks stored once under duplicates, reordering and kills of the store
 * - `coordination --seconds N --seed N --transport NAME --server-crashes yes|no`: one holder of each lease at a time, every
 *   sensor registered once, under random faults, partitions between the servers among them
 * - `mixed-election --rounds N --seed N`: candidates of this project and of kazoo, killed in random order
 * - `session-losses --losses N`: no watch, descriptor, timer or memory is left behind
 * - `hostile-clients --seconds N --sockets N`: no tick is missing and none is slow while others attack the API
 * - `attack --seconds N --tick-ms N --sockets N --readers N --streams N`: the same against all kinds of attackers at a
 *   time; the figures are its last line, as JSON
 * - `keys --count N --groups N --sensors N`: writers that name ever new groups and sensors end in refusals, not in memory;
 *   then a restart on what they left
 * - `wire --seconds N`: the low-level client's memory, with reads, writes, watches and reconnections at full speed;
 *   3600 for an hour
 * - `frames --frames N --seed N`: damaged, cut, reordered and hostile frames from a server
 */
export function soakCommand(args: readonly string[]): Promise<void> {
  return runCommandLine(async () => {
    const [name, ...options] = args;
    const named = name === undefined ? undefined : runs[name];
    if (name !== undefined && named === undefined) {
      throw new UsageError(
        `${name} is no run: name one of ${Object.keys(runs).join(', ')}, or none for all in turn`,
      );
    }
    const print: Print = (line) => {
      process.stdout.write(`${line}\n`);
    };
    const failed: string[] = [];
    for (const [each, run] of Object.entries(runs)) {
      if (named !== undefined && run !== named) continue;
      const violations = await run(options, print);
      for (const violation of violations.slice(0, 20)) print(`VIOLATION: ${violation}`);
      print(`${each}: ${violations.length === 0 ? 'no violation' : `${violations.length} violations`}`);
      if (violations.length > 0) failed.push(each);
    }
    if (failed.length > 0) throw new Error(`There were violations in: ${failed.join(', ')}`);
  });
}

async function exactlyOnceRun(args: readonly string[], print: Print): Promise<string[]> {
  const options = parseOptions(args, ['ticks', 'seed']);
  const ticks = wholeNumber('ticks', options.ticks, { default: 100_000, min: 1, max: 10_000_000 });
  const seed = seedOf(options.seed);
  print(`exactly once: ${ticks} ticks, seed ${seed}`);
  const result = await exactlyOnce({ ticks, seed, apis: 3, storeKills: 5, concurrency: 64, print });
  print(
    `${result.sent} reports sent, ${result.retries} of them again; ${result.acknowledged} acknowledged as stored, ` +
      `${result.refusedStale} refused for a stale token; ${result.read} ticks read back`,
  );
  return result.violations;
}

async function coordinationRun(args: readonly string[], print: Print): Promise<string[]> {
  const options = parseOptions(args, ['seconds', 'seed', 'transport', 'server-crashes']);
  const seconds = wholeNumber('seconds', options.seconds, { default: 600, min: 10, max: 86_400 });
  const seed = seedOf(options.seed);
  const { transport = 'default', 'server-crashes': crashes = 'yes' } = options;
  if (!transportNames.includes(transport)) {
    throw new UsageError(`--transport is ${transport}: name one of ${transportNames.join(', ')}`);
  }
  if (crashes !== 'yes' && crashes !== 'no') {
    throw new UsageError(`--server-crashes is ${crashes}: yes or no`);
  }
  print(`coordination: ${seconds} s, seed ${seed}, transport ${transport}, server crashes: ${crashes}`);
  const result = await randomizedFaults({
    durationMs: seconds * 1_000,
    seed,
    sessionTimeoutMs: 3_000,
    transport,
    serverCrashes: crashes === 'yes',
    print,
  });
  for (const [fault, count] of Object.entries(result.faults).sort()) print(`  ${fault}: ${count}`);
  print(
    `${result.terms} terms, ${result.writesAccepted} writes accepted, ${result.writesRefused} refused for a stale ` +
      `token, at most ${result.longestPauseMs} ms between two; ${result.valuesSet} values set; ${result.holds} ` +
      `leases held; ${result.stepsBack} reads that step back; ${result.kills} processes killed; ${result.censuses} looks at the servers' ephemeral znodes; ${result.watches} watches at the end`,
  );
  for (const divergence of result.divergences) print(divergence);
  if (result.divergences.length > 0) {
    print(
      'The servers have lost what they had acknowledged, which no client can make good: violations may be theirs. ' +
        'Repeat the run with --server-crashes no, or with a newer ZooKeeper',
    );
  }
  return result.violations;
}

async function mixedElectionRun(args: readonly string[], print: Print): Promise<string[]> {
  const options = parseOptions(args, ['rounds', 'seed']);
  const rounds = wholeNumber('rounds', options.rounds, { default: 100, min: 1, max: 100_000 });
  const seed = seedOf(options.seed);
  print(`mixed election: ${rounds} rounds, seed ${seed}`);
  const result = await mixedElection({ rounds, seed, sessionTimeoutMs: 3_000, print });
  print(
    `${result.takeoversMs.length} takeovers, ${result.takeoversBy.atalaya} by this library and ` +
      `${result.takeoversBy.kazoo} by kazoo, the longest after ${Math.round(Math.max(0, ...result.takeoversMs))} ms; ` +
      `${result.writesAccepted} writes accepted`,
  );
  return result.violations;
}

async function sessionLossesRun(args: readonly string[], print: Print): Promise<string[]> {
  const options = parseOptions(args, ['losses']);
  const losses = wholeNumber('losses', options.losses, { default: 1_000, min: 200, max: 1_000_000 });
  print(`session losses: ${losses}`);
  return (await sessionLosses({ losses, sampleEvery: 100, print })).violations;
}

async function hostileClientsRun(args: readonly string[], print: Print): Promise<string[]> {
  const options = parseOptions(args, ['seconds', 'sockets']);
  const seconds = wholeNumber('seconds', options.seconds, { default: 60, min: 5, max: 86_400 });
  const sockets = wholeNumber('sockets', options.sockets, { default: 512, min: 0, max: 10_000 });
  print(`hostile clients: ${seconds} s, ${sockets} sockets`);
  return hostileClients({ seconds, sockets, print });
}

async function attackRun(args: readonly string[], print: Print): Promise<string[]> {
  const options = parseOptions(args, ['seconds', 'tick-ms', 'sockets', 'readers', 'streams']);
  const seconds = wholeNumber('seconds', options.seconds, { default: 30, min: 5, max: 86_400 });
  const tickMs = wholeNumber('tick-ms', options['tick-ms'], { default: 1_000, min: 50, max: 3_600_000 });
  const sockets = wholeNumber('sockets', options.sockets, { default: 512, min: 0, max: 10_000 });
  const readers = wholeNumber('readers', options.readers, { default: 200, min: 0, max: 10_000 });
  const streams = wholeNumber('streams', options.streams, { default: 1_000, min: 0, max: 10_000 });
  print(
    `attack: ${seconds} s, ${sockets} sockets, ${readers} readers, ${streams} streams, ticks of ${tickMs} ms`,
  );
  const { violations, ...figures } = await attack({ seconds, tickMs, sockets, readers, streams, print });
  print(JSON.stringify(figures));
  return violations;
}

async function hostileKeysRun(args: readonly string[], print: Print): Promise<string[]> {
  const options = parseOptions(args, ['count', 'groups', 'sensors']);
  const count = wholeNumber('count', options.count, { default: 1_000_000, min: 2, max: 100_000_000 });
  const maxGroups = wholeNumber('groups', options.groups, { default: 1_000, min: 1, max: 1_000_000 });
  const maxSensorsPerGroup = wholeNumber('sensors', options.sensors, {
    ...{ default: 20_000, min: 1, max: 1_000_000 },
  });
  print(`keys: ${count} names, ${maxGroups} groups and ${maxSensorsPerGroup} sensors of a group allowed`);
  return hostileKeys({ count, maxGroups, maxSensorsPerGroup, print });
}

async function wireRun(args: readonly string[], print: Print): Promise<string[]> {
  const options = parseOptions(args, ['seconds']);
  const seconds = wholeNumber('seconds', options.seconds, { default: 180, min: 10, max: 86_400 });
  print(`wire: ${seconds} s`);
  const sampleEverySeconds = Math.max(1, Math.round(seconds / 60));
  return (await wireSoak({ seconds, sampleEverySeconds, cutEveryMs: 1_000, print })).violations;
}

function framesRun(args: readonly string[], print: Print): Promise<string[]> {
  const options = parseOptions(args, ['frames', 'seed']);
  const frames = wholeNumber('frames', options.frames, {
    default: 1_000_000,
    min: 1_000,
    max: 1_000_000_000,
  });
  const seed = seedOf(options.seed);
  print(`frames: ${frames}, seed ${seed}`);
  return hostileFrames({ frames, seed, print });
}

function seedOf(text: string | undefined): number {
  return wholeNumber('seed', text, {
    default: Math.floor(Math.random() * MAX_SEED),
    min: 0,
    max: MAX_SEED,
  });
}
