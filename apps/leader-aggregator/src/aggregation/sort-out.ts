import { setImmediate as turn } from 'node:timers/promises';
import { decimalCodec, type ZnodeValue } from '@atalaya/coordination';

/** No way of writing one number needs more bytes; what is longer is not a number, and is not looked at. */
const MAX_VALUE_BYTES = 1_100;

/** Values that are sorted in one go, about 2 ms: the session and the lease are looked after in between. */
const PIECE = 5_000;

/** The values of all sensors at one tick, by what becomes of them. */
export interface SortedValues {
  /** Those that the mean is taken of. */
  readonly valid: ReadonlyMap<string, number>;
  /** Not written for too long. */
  readonly stale: readonly string[];
  /** Not a finite decimal number; the start of what is there instead. */
  readonly invalid: ReadonlyMap<string, string>;
}

/**
 * Sorts what was read from the sensors' znodes. A value is stale when its znode was last written more than
 * `staleAfterMs` before `serverTimeMs`, both by ZooKeeper's clock; one that is not a number is invalid at any age.
 */
export async function sortOut(
  children: ReadonlyMap<string, ZnodeValue>,
  options: { serverTimeMs: number; staleAfterMs: number },
): Promise<SortedValues> {
  const valid = new Map<string, number>();
  const stale: string[] = [];
  const invalid = new Map<string, string>();
  let sorted = 0;
  for (const [id, { data, stat }] of children) {
    if (sorted > 0 && sorted % PIECE === 0) await turn();
    sorted += 1;
    const value = decode(data);
    if (value === undefined) invalid.set(id, data.toString('utf8', 0, 40));
    else if (options.serverTimeMs - stat.mtimeMs > options.staleAfterMs) stale.push(id);
    else valid.set(id, value);
  }
  return { valid, stale, invalid };
}

function decode(data: Buffer): number | undefined {
  if (data.length > MAX_VALUE_BYTES) return undefined;
  try {
    return decimalCodec.decode(data);
  } catch {
    return undefined;
  }
}
