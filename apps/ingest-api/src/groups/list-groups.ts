import { type GroupSummary } from '@atalaya/contracts';
import { type Store } from '../store/store-port.js';

/** Groups whose status is read at a time. */
const PARALLEL_READS = 32;

/** Every group that holds values, by name, at a glance; of those in `readable` alone where it is given. */
export async function listGroups(
  store: Pick<Store, 'groups' | 'status' | 'leadership'>,
  readable?: readonly string[],
): Promise<GroupSummary[]> {
  const names = (await store.groups()).filter((name) => readable?.includes(name) ?? true);
  const summaries: GroupSummary[] = [];
  for (let first = 0; first < names.length; first += PARALLEL_READS) {
    const page = names.slice(first, first + PARALLEL_READS);
    summaries.push(...(await Promise.all(page.map((name) => summaryOf(store, name)))));
  }
  return summaries;
}

async function summaryOf(store: Pick<Store, 'status' | 'leadership'>, name: string): Promise<GroupSummary> {
  const [status, leadership] = await Promise.all([store.status(name), store.leadership(name)]);
  const { group, value, tick, leader, count, stale, invalid } = status;
  return { group, value, tick, leader, intervalMs: leadership?.intervalMs ?? null, count, stale, invalid };
}
