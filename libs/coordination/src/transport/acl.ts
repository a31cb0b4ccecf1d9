/** What an entry of an access list allows; added up. */
export const permissions = { read: 1, write: 2, create: 4, delete: 8, admin: 16, all: 31 } as const;

/** One entry of a znode's access list. */
export interface Acl {
  /** Sum of {@link permissions}. */
  readonly permissions: number;
  /** `world`, `auth`, `digest`, `ip`, `x509`, `sasl`. */
  readonly scheme: string;
  readonly id: string;
}

/** Everything to everybody: what ZooKeeper's clients use by default. */
export const openAcl: readonly Acl[] = [{ permissions: permissions.all, scheme: 'world', id: 'anyone' }];
/** Everything to whoever the session was authenticated as, and nothing to others. */
export const creatorAcl: readonly Acl[] = [{ permissions: permissions.all, scheme: 'auth', id: '' }];
