import type { Codec } from '../codec/codec.js';
import type { ZnodeValue } from '../transport/stat.js';
import type { GroupChange, InvalidMember, Member } from './group.js';

/** The content of a group, and the differences between what it holds and what was read. */
export class GroupMembers<T> {
  readonly #codec: Codec<T>;
  readonly #members = new Map<string, Member<T>>();
  readonly #invalid = new Map<string, InvalidMember>();
  #copy: { members: ReadonlyMap<string, Member<T>>; invalid: ReadonlyMap<string, InvalidMember> } | undefined;

  constructor(codec: Codec<T>) {
    this.#codec = codec;
  }

  ids(): string[] {
    return [...this.#members.keys(), ...this.#invalid.keys()];
  }

  /** The same objects until something changes. */
  copy(): { members: ReadonlyMap<string, Member<T>>; invalid: ReadonlyMap<string, InvalidMember> } {
    this.#copy ??= { members: new Map(this.#members), invalid: new Map(this.#invalid) };
    return this.#copy;
  }

  /** Takes what was read of a child in, undefined for one that is gone; tells what that changes. */
  apply(id: string, read: ZnodeValue | undefined): GroupChange<T>[] {
    const previous = this.#members.get(id);
    const known = previous ?? this.#invalid.get(id);
    if (read && known?.stat.mzxid === read.stat.mzxid && known.stat.czxid === read.stat.czxid) return [];
    if (!read && !known) return [];
    this.#copy = undefined;
    this.#members.delete(id);
    this.#invalid.delete(id);
    const member = read && this.#decoded(id, read);
    if (previous && member?.stat.czxid === previous.stat.czxid)
      return [{ type: 'updated', id, member, previous }];
    return [
      ...(previous ? [{ type: 'left' as const, id, previous }] : []),
      ...(member ? [{ type: 'joined' as const, id, member }] : []),
    ];
  }

  #decoded(id: string, { data, stat }: ZnodeValue): Member<T> | undefined {
    try {
      const member: Member<T> = { id, value: this.#codec.decode(data), stat };
      this.#members.set(id, member);
      return member;
    } catch (error) {
      this.#invalid.set(id, { id, data, stat, error });
      return undefined;
    }
  }
}
