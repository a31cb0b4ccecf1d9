import { type FaultKind } from './fault-kind.js';

/** How long a fault lasts. */
export type Lasting = Required<FaultKind>['lastsMs'];

/** How long a fault lasts, where the caller does not say. */
export const DEFAULT_LASTS_MS: Lasting = { min: 300, max: 5_000 };

/** The target of this index. */
export function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new RangeError(`There is no target ${index} among ${list.length}`);
  return item;
}
