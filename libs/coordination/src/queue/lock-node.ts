import type { QueueProtocol } from './queue-protocol.js';

/**
 * Names of candidates' znodes in kazoo's lock protocol: `<32 hex digits>__lock__<sequence>`. The digits tell a
 * candidate's own znode from the others when the reply to its creation was lost.
 */
export interface LockNode {
  readonly name: string;
  readonly sequence: number;
}

const pattern = /__lock__(-?\d{9,10})$/;

/** The candidates among the children, in the order of their election; other children are passed over. */
export function lockQueue(children: readonly string[]): LockNode[] {
  return children
    .flatMap((name) => {
      const digits = pattern.exec(name)?.[1];
      return digits === undefined ? [] : [{ name, sequence: Number(digits) }];
    })
    .sort((a, b) => compareSequences(a.sequence, b.sequence) || (a.name < b.name ? -1 : 1));
}

/**
 * Below zero when `a` was given out before `b`. The sequence is a signed 32-bit number that wraps from 2147483647 to
 * -2147483648, so the difference counts, in 32 bits.
 */
export function compareSequences(a: number, b: number): number {
  return (a - b) | 0;
}

/** Of elections, locks and semaphores: each waits for the one right before it. */
export const lockProtocol: QueueProtocol = {
  nodeName: '__lock__',
  placeOf: (children, name) => {
    const queue = lockQueue(children);
    const position = queue.findIndex((node) => node.name === name);
    return position === -1 ? undefined : { behind: queue[position - 1]?.name };
  },
};
