import { compareSequences } from '../election/lock-node.js';

export type LockKind = 'read' | 'write';

/** What stands in the names of the znodes between the random digits and the sequence number, as in kazoo's. */
export const nodeNames: Readonly<Record<LockKind, string>> = { read: '__rlock__', write: '__lock__' };

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

/**
 * The contender whose end the named one waits for: the last one before it that excludes it, which for a reader is a
 * writer and for a writer anybody. Undefined where it is granted; `absent` where the named one is not in the queue.
 */
export function blockerOf(
  queue: readonly SharedContender[],
  name: string,
): SharedContender | 'absent' | undefined {
  const position = queue.findIndex((contender) => contender.name === name);
  const own = queue[position];
  if (!own) return 'absent';
  return queue.slice(0, position).findLast(({ kind }) => kind === 'write' || own.kind === 'write');
}
