/** A plain string. */
export class StringValue {
  readonly type = 'string';
  useMark = 0;

  constructor(
    readonly id: number,
    public key: string,
    public text: string,
    /** Undefined: it stays. */
    public expiresAtMs?: number,
  ) {}
}
