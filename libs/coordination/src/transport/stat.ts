/** What ZooKeeper keeps about a znode. Ids are unsigned 64-bit numbers; times are the server's clock. */
export interface Stat {
  /** Transaction that created the znode: unique and growing over the life of the ensemble. */
  readonly czxid: bigint;
  readonly mzxid: bigint;
  readonly pzxid: bigint;
  readonly ctimeMs: number;
  readonly mtimeMs: number;
  readonly version: number;
  readonly cversion: number;
  readonly aversion: number;
  /** Session that owns an ephemeral znode, 0n for a persistent one. */
  readonly ephemeralOwner: bigint;
  readonly dataLength: number;
  readonly numChildren: number;
}

/** A znode's data, with the stat of the same moment. */
export interface ZnodeValue {
  readonly data: Buffer;
  readonly stat: Stat;
}
