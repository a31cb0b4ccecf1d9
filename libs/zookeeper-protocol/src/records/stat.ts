import { type JuteReader } from '../jute/jute-reader.js';
import { type JuteWriter } from '../jute/jute-writer.js';

/** Bytes of a stat on the wire. */
export const STAT_BYTES = 68;

/** What ZooKeeper keeps about a znode. Ids are unsigned 64-bit numbers; times are the server's clock. */
export interface Stat {
  /** Transaction that created the znode: unique and growing over the life of the ensemble. */
  readonly czxid: bigint;
  /** Transaction that last changed its data. */
  readonly mzxid: bigint;
  readonly ctimeMs: number;
  readonly mtimeMs: number;
  /** Changes of the data. */
  readonly version: number;
  /** Changes of the children. */
  readonly cversion: number;
  /** Changes of the access list. */
  readonly aversion: number;
  /** Session that owns an ephemeral znode; 0n for all others. */
  readonly ephemeralOwner: bigint;
  readonly dataLength: number;
  readonly numChildren: number;
  /** Transaction that last changed its children. */
  readonly pzxid: bigint;
}

export function readStat(reader: JuteReader): Stat {
  return {
    czxid: reader.unsignedLong(),
    mzxid: reader.unsignedLong(),
    ctimeMs: reader.millis(),
    mtimeMs: reader.millis(),
    version: reader.int(),
    cversion: reader.int(),
    aversion: reader.int(),
    ephemeralOwner: reader.unsignedLong(),
    dataLength: reader.int(),
    numChildren: reader.int(),
    pzxid: reader.unsignedLong(),
  };
}

export function writeStat(writer: JuteWriter, stat: Stat): void {
  writer.long(stat.czxid).long(stat.mzxid).millis(stat.ctimeMs).millis(stat.mtimeMs);
  writer.int(stat.version).int(stat.cversion).int(stat.aversion).long(stat.ephemeralOwner);
  writer.int(stat.dataLength).int(stat.numChildren).long(stat.pzxid);
}
