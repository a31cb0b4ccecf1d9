import { type Client, hasCode } from '@atalaya/coordination';
import { type FaultKind } from '@atalaya/test-kit';

/** How long a deletion may wait for a server that works. */
const PATIENCE_MS = 1_000;

/** Somebody else deletes a child of one of the paths. */
export function deletionFaults(admin: Client, paths: readonly string[]): FaultKind[] {
  return [
    {
      name: 'delete a znode',
      targets: paths.map((path) => `children of ${path}`),
      weight: 2,
      inject: async (target, draw) => {
        const path = paths[target] ?? '';
        const signal = AbortSignal.timeout(PATIENCE_MS);
        try {
          const names = (await admin.children(path, { signal })).sort();
          const name = names[draw % names.length];
          if (name !== undefined) await admin.delete(`${path}/${name}`, { signal });
        } catch (error) {
          // Without a majority nothing can be deleted; gone already, or perhaps gone, is as good.
          const expected = signal.aborted || hasCode(error, 'NO_NODE') || hasCode(error, 'CONNECTION_LOSS');
          if (!expected && !hasCode(error, 'SESSION_EXPIRED')) throw error;
        }
        return undefined;
      },
    },
  ];
}
