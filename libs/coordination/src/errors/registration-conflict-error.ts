import { CoordinationError } from './coordination-error.js';

/** Somebody else holds the id of a registration. */
export class RegistrationConflictError extends CoordinationError {
  override readonly name = 'RegistrationConflictError';
  /** Session that owns the znode, 0n for a persistent one. */
  readonly owner: bigint;

  constructor(path: string, owner: bigint) {
    const holder =
      owner === 0n ? 'a persistent znode' : `the ephemeral znode of session 0x${owner.toString(16)}`;
    super(
      'REGISTRATION_CONFLICT',
      `${path} is taken by ${holder}: choose another id, or register with onConflict "wait" or "takeover"`,
      { path },
    );
    this.owner = owner;
  }
}
