/** A hash: fields in the order in which they were first set. */
export class HashValue {
  readonly type = 'hash';
  useMark = 0;
  readonly fields = new Map<string, { value: string; partId: number }>();
  /** Bytes of all fields and values. */
  bytes = 0;
  #nextPartId = 1;

  constructor(
    readonly id: number,
    public key: string,
  ) {}

  /** Sets a field; answers the number under which it is stored, and whether it is new. */
  set(field: string, value: string): { partId: number; isNew: boolean } {
    const known = this.fields.get(field);
    const partId = known?.partId ?? this.#nextPartId++;
    this.bytes += value.length - (known?.value.length ?? -field.length);
    this.fields.set(field, { value, partId });
    return { partId, isNew: known === undefined };
  }

  /** Deletes a field; answers the number under which it was stored, undefined without it. */
  delete(field: string): number | undefined {
    const known = this.fields.get(field);
    if (known === undefined) return undefined;
    this.fields.delete(field);
    this.bytes -= field.length + known.value.length;
    return known.partId;
  }

  /** Puts back what was stored. */
  restore(partId: number, field: string, value: string): void {
    this.bytes += field.length + value.length;
    this.fields.set(field, { value, partId });
    this.#nextPartId = Math.max(this.#nextPartId, partId + 1);
  }
}
