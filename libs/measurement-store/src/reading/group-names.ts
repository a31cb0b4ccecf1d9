import { sendAll, tsQueryIndex } from '@atalaya/redis-timeseries';
import { type BoundedConnection } from '../connection/bounded-connection.js';
import { toStoreError } from '../connection/store-error.js';

/** `atalaya:{<group>}:mean`, the series that every group has. */
const MEAN_KEY = /^atalaya:\{(.+)\}:mean$/;

/** The names of all groups that hold values, in alphabetical order. */
export async function groupNames(connection: BoundedConnection): Promise<string[]> {
  const means = tsQueryIndex([{ label: 'kind', equals: 'mean' }]);
  const [answer] = await connection.run((redis) => sendAll(redis, [means]));
  if (!answer.ok) throw toStoreError(answer.error);
  return answer.value.flatMap((key) => MEAN_KEY.exec(key)?.[1] ?? []).sort();
}
