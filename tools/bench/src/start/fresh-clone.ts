import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, runProcess } from '@atalaya/test-kit';

/** A machine that has to fetch everything. */
const PATIENCE_MS = 20 * 60_000;

/** `npm start` in a fresh clone, in seconds. */
export interface FreshClone {
  /** The npm dependencies; npm's cache is used as it is. */
  readonly dependenciesS: number;
  /** The build, and ZooKeeper until it serves. */
  readonly buildS: number;
  /** The processes, until `Atalaya is running`. */
  readonly processesS: number;
  readonly totalS: number;
}

/** Clones the commit that is checked out, runs `npm start` in the clone, and says how long each step took. */
export async function startFreshClone(): Promise<FreshClone> {
  const folder = await mkdtemp(join(tmpdir(), 'atalaya-bench-clone-'));
  try {
    await promisify(execFile)('git', ['clone', '--quiet', process.cwd(), folder]);
    const port = await freePort();
    const begun = performance.now();
    await using started = runProcess('npm', ['start', '--', '--port', String(port)], {
      name: 'npm start',
      cwd: folder,
      env: { NODE_OPTIONS: '', ZOOKEEPER_HOSTS: undefined },
    });
    const lineAt = async (line: RegExp): Promise<number> => {
      await started.waitForLine(line, { timeoutMs: PATIENCE_MS });
      return (performance.now() - begun) / 1_000;
    };
    const dependenciesS = await lineAt(/^Building/);
    const servesS = await lineAt(/^ZooKeeper: /);
    const totalS = await lineAt(/^Atalaya is running/);
    await started.stop();
    return { dependenciesS, buildS: servesS - dependenciesS, processesS: totalS - servesS, totalS };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
