import type { SessionKeeper } from '../connection/session-keeper.js';
import { SessionNode } from '../ephemeral/session-node.js';
import { hasCode, isRetryable } from '../errors/is-retryable.js';
import { repeated } from '../connection/repeated.js';
import { retryDelayMs } from '../retry/retry-policy.js';
import { abortable, delay } from '../waiting/abortable.js';
import { linkedSignal } from '../waiting/linked-signal.js';
import { WakeUp } from '../connection/wake-up.js';
import { declareReady, listBarrier, withdrawReady } from './barrier-members.js';

export interface BarrierSettings {
  readonly path: string;
  readonly id: string;
  readonly size: number;
}

/** A member inside, with the names of all that were inside with it when it found the barrier complete. */
export interface Entry {
  readonly node: SessionNode;
  readonly cohort: ReadonlySet<string>;
}

/**
 * Waits until the barrier is complete with this member inside. When the signal aborts it
 * rejects at once, and the znode is deleted in the background.
 */
export async function enterBarrier(
  keeper: SessionKeeper,
  settings: BarrierSettings,
  signal: AbortSignal,
): Promise<Entry> {
  await formerCycleOver(keeper, settings.path, signal);
  for (let failures = 0; ; failures++) {
    if (failures > 1) await delay(retryDelayMs(keeper.retry, failures - 1), signal);
    const session = await keeper.session(signal);
    const node = new SessionNode(keeper, session, { parentPath: settings.path, data: settings.id });
    let cohort: ReadonlySet<string> | undefined;
    try {
      await abortable(session.ensurePath(settings.path), signal);
      await abortable(node.created(), signal);
      cohort = await complete(keeper, node, settings, signal);
      if (cohort) return { node, cohort };
    } catch (error) {
      signal.throwIfAborted();
      if (!(isRetryable(error) || hasCode(error, 'NO_NODE'))) throw error;
    } finally {
      if (!cohort) void node.leave();
    }
  }
}

/** All that are inside; undefined where the own znode is gone. */
async function complete(
  keeper: SessionKeeper,
  node: SessionNode,
  { path, size }: BarrierSettings,
  signal: AbortSignal,
): Promise<ReadonlySet<string> | undefined> {
  const { session } = node;
  for (;;) {
    using wakeUp = new WakeUp(keeper, session);
    try {
      const { members, ready } = await abortable(listBarrier(session, path, wakeUp), signal);
      if (!members.includes(node.name)) return undefined;
      if (ready) return new Set(members);
      if (members.length >= size) {
        await abortable(declareReady(session, path), signal);
        return new Set(members);
      }
      await wakeUp.wait(signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!isRetryable(error) || session.ended.aborted) throw error;
      await keeper.usable(session, signal);
    }
  }
}

/**
 * While `ready` is there, members of the cycle before are inside. Alone it is what a member left behind that died at
 * the last step: it is taken away, after a time in which a living one would have done so itself.
 */
async function formerCycleOver(keeper: SessionKeeper, path: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    const session = await keeper.session(signal);
    using wakeUp = new WakeUp(keeper, session);
    try {
      const { members, ready } = await abortable(listBarrier(session, path, wakeUp), signal);
      if (!ready) return;
      if (members.length > 0) await wakeUp.wait(signal);
      else if (!(await wokenWithin(wakeUp, session.timeoutMs, signal))) {
        await repeated(keeper, signal, (current) => withdrawReady(current, path));
      }
    } catch (error) {
      if (hasCode(error, 'NO_NODE')) return;
      signal.throwIfAborted();
      if (!isRetryable(error)) throw error;
    }
  }
}

async function wokenWithin(wakeUp: WakeUp, ms: number, signal: AbortSignal): Promise<boolean> {
  const patience = new AbortController();
  using either = linkedSignal(signal, patience.signal);
  const timer = setTimeout(() => {
    patience.abort();
  }, ms);
  try {
    await wakeUp.wait(either.signal);
    return true;
  } catch (error) {
    signal.throwIfAborted();
    if (!patience.signal.aborted) throw error;
    return false;
  } finally {
    clearTimeout(timer);
  }
}
