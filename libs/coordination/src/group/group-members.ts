import type { Codec } from '../codec/codec.js';
import { CoordinationError } from '../errors/coordination-error.js';
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

  /**
   * Takes in what was read of a child, or why it could not be; undefined for one that is gone. Returns what that
   * changes.
   */
  apply(id: string, read: ZnodeValue | CoordinationError | undefined): GroupChange<T>[] {
    if (read instanceof CoordinationError)
      return this.#setAside(id, { id, data: undefined, stat: undefined, error: read });
    const previous = this.#members.get(id);
    const known = previous ?? this.#invalid.get(id);
    if (read && known?.stat?.mzxid === read.stat.mzxid && known.stat.czxid === read.stat.czxid) return [];
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

  #setAside(id: string, invalid: InvalidMember): GroupChange<T>[] {
    const previous = this.#members.get(id);
    this.#copy = undefined;
    this.#members.delete(id);
    this.#invalid.set(id, invalid);
    return previous ? [{ type: 'left', id, previous }] : [];
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
