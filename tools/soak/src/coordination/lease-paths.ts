/** What the lease processes of a run contend for, below one path. */
export function leasePaths(path: string) {
  return { lock: `${path}/lock`, semaphore: `${path}/semaphore`, shared: `${path}/shared` } as const;
}

/** Leases of the semaphore. */
export const SEMAPHORE_LEASES = 2;
/** More than there are readers. */
export const READERS = 100;

/** Where their znodes are while somebody holds or waits. */
export function leaseQueues(path: string): readonly string[] {
  const { lock, semaphore, shared } = leasePaths(path);
  return [lock, semaphore, `${semaphore}-__lock__`, shared];
}
