/**
 * One moment in which a candidate held that it leads: it lies between `fromNs` and `toNs` of the machine's monotonic
 * clock, which all processes share. Both ends are needed since a process can be stopped in between.
 */
export interface Claim {
  readonly token: bigint;
  readonly id: string;
  readonly fromNs: bigint;
  readonly toNs: bigint;
}

/** As it travels: JSON has no bigint. */
export interface ClaimMessage {
  readonly token: string;
  readonly id: string;
  readonly fromNs: string;
  readonly toNs: string;
}

export function claimOf({ token, id, fromNs, toNs }: ClaimMessage): Claim {
  return { token: BigInt(token), id, fromNs: BigInt(fromNs), toNs: BigInt(toNs) };
}
