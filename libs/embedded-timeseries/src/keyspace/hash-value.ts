/** A hash: fields in the order in which they were first set. */
export class HashValue {
  readonly type = 'hash';
  readonly fields = new Map<string, { value: string; partId: number }>();
  #nextPartId = 1;

  constructor(
    readonly id: number,
    public key: string,
  ) {}

  /** Sets a field; answers the number under which it is stored, and whether it is new. */
  set(field: string, value: string): { partId: number; isNew: boolean } {
    const known = this.fields.get(field);
    const partId = known?.partId ?? this.#nextPartId++;
    this.fields.set(field, { value, partId });
    return { partId, isNew: known === undefined };
  }

  /** Puts back what was stored. */
  restore(partId: number, field: string, value: string): void {
    this.fields.set(field, { value, partId });
    this.#nextPartId = Math.max(this.#nextPartId, partId + 1);
  }
}
