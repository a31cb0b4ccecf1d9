import type { Stat } from '../stat.js';

/** The stat as the native client gives it. Its transaction ids are doubles: exact up to 2^53, epoch 2,097,151. */
export interface NativeStat {
  readonly czxid: number;
  readonly mzxid: number;
  readonly pzxid: number;
  readonly ctime: Date;
  readonly mtime: Date;
  readonly version: number;
  readonly cversion: number;
  readonly aversion: number;
  readonly ephemeralOwner: string;
  readonly dataLength: number;
  readonly numChildren: number;
}

export function statOf(native: NativeStat): Stat {
  return {
    czxid: BigInt(native.czxid),
    mzxid: BigInt(native.mzxid),
    pzxid: BigInt(native.pzxid),
    ctimeMs: native.ctime.getTime(),
    mtimeMs: native.mtime.getTime(),
    version: native.version,
    cversion: native.cversion,
    aversion: native.aversion,
    ephemeralOwner: sessionIdOf(native.ephemeralOwner),
    dataLength: native.dataLength,
    numChildren: native.numChildren,
  };
}

/** Session ids are unsigned here; the native client writes them as hexadecimal digits. */
export function sessionIdOf(hex: string): bigint {
  return hex === '0' ? 0n : BigInt(`0x${hex}`);
}
