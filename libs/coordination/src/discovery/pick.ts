import { createHash } from 'node:crypto';

/** Chooses one among ids, which are sorted and at least one. */
export type Picker = (ids: readonly string[]) => string;

/** Each in its turn: the first one after the one that was picked last, so that a change of members skips nobody. */
export function roundRobin(): Picker {
  let last: string | undefined;
  return (ids) => {
    const previous = last;
    const next = (previous === undefined ? undefined : ids.find((id) => id > previous)) ?? first(ids);
    last = next;
    return next;
  };
}

export function random(draw: () => number = Math.random): Picker {
  return (ids) => ids[Math.floor(draw() * ids.length)] ?? first(ids);
}

/**
 * The same one for the same key as long as it lives, on every machine, by rendezvous hashing (Thaler and Ravishankar,
 * 1996): the id whose SHA-256 together with the key is largest. Where one leaves, only its keys move, evenly to the
 * others; where one comes, it takes an even share from each.
 */
export function sticky(key: string): Picker {
  return (ids) => {
    let [best, bestScore] = [first(ids), -1n];
    for (const id of ids) {
      // The length keeps id and key apart.
      const digest = createHash('sha256').update(`${id.length}:${id}${key}`).digest();
      const score = digest.readBigUInt64BE();
      if (score > bestScore) [best, bestScore] = [id, score];
    }
    return best;
  };
}

function first(ids: readonly string[]): string {
  const [id] = ids;
  if (id === undefined) throw new RangeError('There is nothing to pick from');
  return id;
}
