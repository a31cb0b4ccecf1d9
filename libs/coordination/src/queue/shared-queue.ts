import { compareSequences } from './lock-node.js';
import type { QueueProtocol } from './queue-protocol.js';

export type LockKind = 'read' | 'write';

export interface SharedContender {
  readonly name: string;
  readonly kind: LockKind;
  readonly sequence: number;
}

const pattern = /__(r?)lock__(-?\d{9,10})$/;

/** The contenders among the children, in the order of their znodes; other children are passed over. */
export function sharedQueue(children: readonly string[]): SharedContender[] {
  return children
    .flatMap((name): SharedContender[] => {
      const match = pattern.exec(name);
      return match ? [{ name, kind: match[1] === 'r' ? 'read' : 'write', sequence: Number(match[2]) }] : [];
    })
    .sort((a, b) => compareSequences(a.sequence, b.sequence) || (a.name < b.name ? -1 : 1));
}

/** A reader waits for the last writer before it, a writer for whoever is right before it. */
function protocolOf(kind: LockKind, nodeName: string): QueueProtocol {
  return {
    nodeName,
    placeOf: (children, name) => {
      const queue = sharedQueue(children);
      const position = queue.findIndex((contender) => contender.name === name);
      if (position === -1) return undefined;
      const before = queue.slice(0, position);
      return { behind: before.findLast((each) => kind === 'write' || each.kind === 'write')?.name };
    },
  };
}

/** The two sides of kazoo's read/write lock. */
export const sharedProtocol: Readonly<Record<LockKind, QueueProtocol>> = {
  read: protocolOf('read', '__rlock__'),
  write: protocolOf('write', '__lock__'),
};
