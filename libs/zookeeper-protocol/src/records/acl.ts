import { type JuteReader } from '../jute/jute-reader.js';
import { type JuteWriter } from '../jute/jute-writer.js';

/** What an entry of an access list allows; add the ones that are wanted. */
export const PERMISSIONS = { read: 1, write: 2, create: 4, delete: 8, admin: 16, all: 31 } as const;

/** One entry of an access list. */
export interface Acl {
  /** Sum of {@link PERMISSIONS}. */
  readonly permissions: number;
  /** `world`, `auth`, `digest`, `ip`, `x509`, `sasl`, or one that the servers were taught. */
  readonly scheme: string;
  /** Whom the scheme means: `anyone`, `user:<digest>`, an address, … */
  readonly id: string;
}

/** Everybody may do everything. */
export const OPEN_ACL: readonly Acl[] = [{ permissions: PERMISSIONS.all, scheme: 'world', id: 'anyone' }];

/** Everybody may read, nobody may do more. */
export const READ_ACL: readonly Acl[] = [{ permissions: PERMISSIONS.read, scheme: 'world', id: 'anyone' }];

/** Whoever the session is authenticated as may do everything, nobody else anything. */
export const CREATOR_ACL: readonly Acl[] = [{ permissions: PERMISSIONS.all, scheme: 'auth', id: '' }];

const LEAST_BYTES = 12;

export function readAcls(reader: JuteReader): Acl[] {
  return reader.vector(
    () => ({ permissions: reader.int(), scheme: reader.text(), id: reader.text() }),
    LEAST_BYTES,
  );
}

export function writeAcls(writer: JuteWriter, acls: readonly Acl[]): void {
  writer.vector(acls, (_, { permissions, scheme, id }) => writer.int(permissions).string(scheme).string(id));
}
