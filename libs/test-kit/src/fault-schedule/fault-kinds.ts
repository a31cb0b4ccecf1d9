import { TestKitError, type TestKitErrorCode } from '../errors.js';
import { type FaultProxy } from '../fault-proxy/fault-proxy.js';
import { type Fault } from '../fault-proxy/faults.js';
import { type RunningProcess } from '../processes/run-process.js';
import { type StartedZooKeeper } from '../zookeeper/started-zookeeper.js';
import { type FaultKind, type Heal } from './fault-kind.js';
import { at, DEFAULT_LASTS_MS, type Lasting } from './lasting.js';

const LONGEST_DELAY_MS = 1_000;

/** Kills, stops and pauses servers; each is started or resumed afterwards. */
export function serverFaults(
  zk: Pick<StartedZooKeeper, 'servers'>,
  { lastsMs = DEFAULT_LASTS_MS }: { readonly lastsMs?: Lasting } = {},
): FaultKind[] {
  const targets = zk.servers.map(({ id }) => `server ${id}`);
  const kind = (
    name: string,
    begin: 'kill' | 'stop' | 'pause',
    end: 'start' | 'resume',
    lasting: Lasting = lastsMs,
  ): FaultKind => ({
    name,
    targets,
    lastsMs: lasting,
    inject: async (target) => {
      const server = at(zk.servers, target);
      await server[begin]();
      return () => server[end]();
    },
  });
  return [
    kind('kill server', 'kill', 'start'),
    kind('restart server', 'stop', 'start', { min: 0, max: 0 }),
    kind('pause server', 'pause', 'resume'),
  ];
}

/**
 * Everything that a proxy can do to its clients: cuts, delays of one direction or both, stalls, half-open connections,
 * refusals, lost replies to creates and writes, and the true expiry of one of their sessions.
 *
 * @param name tells several proxies apart, for example one per candidate
 */
export function proxyFaults(
  proxy: FaultProxy,
  { name = 'proxy', lastsMs = DEFAULT_LASTS_MS }: { readonly name?: string; readonly lastsMs?: Lasting } = {},
): FaultKind[] {
  const lasting = (fault: string, begin: (draw: number) => Fault | Promise<Fault>): FaultKind => ({
    name: `${fault} (${name})`,
    targets: [name],
    lastsMs,
    inject: async (_, draw): Promise<Heal> => {
      const active = await begin(draw);
      return () => active.lift();
    },
  });
  const direction = (draw: number): 'toServer' | 'toClient' | 'both' =>
    at(['toServer', 'toClient', 'both'] as const, draw % 3);
  return [
    {
      name: `cut (${name})`,
      targets: [name],
      inject: () => {
        proxy.cut();
        return Promise.resolve(undefined);
      },
    },
    {
      name: `expire session (${name})`,
      targets: [name],
      inject: async (_, draw) => {
        const sessions = proxy.connections.flatMap(({ session }) => session ?? []);
        const session = sessions[draw % sessions.length];
        // Without a majority of the servers no session can be ended, and one that is over already has what it needs.
        if (session) await proxy.expireSession(session.id, { timeoutMs: 1_000 }).catch(ignoreUnlessBroken);
        return undefined;
      },
    },
    lasting('delay', (draw) =>
      proxy.delay({ direction: direction(draw), delayMs: 1 + (Math.floor(draw / 3) % LONGEST_DELAY_MS) }),
    ),
    lasting('stall', (draw) => proxy.stall({ direction: direction(draw) })),
    lasting('half-open', (draw) => proxy.halfOpen({ direction: direction(draw) })),
    lasting('refuse and cut', async () => {
      const refusal = await proxy.refuse();
      proxy.cut();
      return refusal;
    }),
    lasting('drop reply to create', (draw) =>
      proxy.dropReplies({
        operation: ['create', 'create2', 'multi'],
        then: draw % 2 === 0 ? 'cut' : 'swallow',
      }),
    ),
    lasting('drop reply to write', (draw) =>
      proxy.dropReplies({ operation: ['setData', 'delete'], then: draw % 2 === 0 ? 'cut' : 'swallow' }),
    ),
  ];
}

/** A process that {@link processFaults} stops and kills. */
export interface FaultyProcess {
  /** Tells the processes apart. */
  readonly name: string;
  /** The process as it runs now. */
  readonly current: () => RunningProcess;
  /** Starts it again after a SIGKILL; resolves when `current` gives the new one. Without it none is killed. */
  readonly restart?: () => Promise<unknown>;
}

/** Stops processes in their tracks (SIGSTOP) for a while, and kills them (SIGKILL) to be started again afterwards. */
export function processFaults(
  processes: readonly FaultyProcess[],
  { lastsMs = DEFAULT_LASTS_MS }: { readonly lastsMs?: Lasting } = {},
): FaultKind[] {
  const mortal = processes.filter(({ restart }) => restart !== undefined);
  const kinds: FaultKind[] = [
    {
      name: 'SIGSTOP',
      targets: processes.map(({ name }) => name),
      lastsMs,
      inject: (target) => {
        const stopped = at(processes, target).current();
        stopped.signal('SIGSTOP');
        return Promise.resolve(() => {
          stopped.signal('SIGCONT');
          return Promise.resolve();
        });
      },
    },
    {
      name: 'SIGKILL',
      targets: mortal.map(({ name }) => name),
      lastsMs,
      inject: async (target) => {
        const { current, restart } = at(mortal, target);
        await current().kill();
        return async () => {
          await restart?.();
        };
      },
    },
  ];
  return kinds.filter(({ targets }) => targets.length > 0);
}

function ignoreUnlessBroken(error: unknown): void {
  const expected: readonly TestKitErrorCode[] = ['SESSION_NOT_RESUMED', 'ZOOKEEPER_UNREACHABLE'];
  if (!(error instanceof TestKitError && expected.includes(error.code))) throw error;
}
