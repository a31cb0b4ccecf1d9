import { type Operation } from '../codes/operations.js';
import { type Acl } from '../records/acl.js';
import { readNodeValue, writeNodeValue } from '../records/node-value.js';
import { type Stat } from '../records/stat.js';
import { acls, bytes, type Codec, int, nothing, record, stat, text, texts } from './codec.js';
import { multiReply } from './multi-reply.js';

/** An identity of a session, as `whoAmI` lists it. */
export interface ClientIdentity {
  readonly scheme: string;
  /** Without any password. */
  readonly user: string;
}

const path = record<{ readonly path: string }>({ path: text });
const pathAndStat = record<{ readonly path: string; readonly stat: Stat }>({ path: text, stat });
const statOnly = record<{ readonly stat: Stat }>({ stat });
const nodeValue = { read: readNodeValue, write: writeNodeValue };

const identities: Codec<readonly ClientIdentity[]> = {
  write: (writer, values) =>
    writer.vector(values, (_, { scheme, user }) => writer.string(scheme).string(user)),
  read: (reader) => reader.vector(() => ({ scheme: reader.text(), user: reader.text() }), 8),
};

/** The body of the reply to each request that succeeded; one that failed has none. */
export const replyBodies = {
  create: path,
  delete: nothing,
  exists: statOnly,
  getData: nodeValue,
  setData: statOnly,
  getAcl: record<{ readonly acl: readonly Acl[]; readonly stat: Stat }>({ acl: acls, stat }),
  setAcl: statOnly,
  getChildren: record<{ readonly names: readonly string[] }>({ names: texts }),
  sync: path,
  ping: nothing,
  getChildren2: record<{ readonly names: readonly string[]; readonly stat: Stat }>({ names: texts, stat }),
  check: statOnly,
  multi: multiReply,
  create2: pathAndStat,
  reconfig: nodeValue,
  checkWatches: nothing,
  removeWatches: nothing,
  createContainer: pathAndStat,
  deleteContainer: nothing,
  createTtl: pathAndStat,
  multiRead: multiReply,
  auth: nothing,
  setWatches: nothing,
  sasl: record<{ readonly token: Uint8Array | null }>({ token: bytes }),
  getEphemerals: record<{ readonly paths: readonly string[] }>({ paths: texts }),
  getAllChildrenNumber: record<{ readonly count: number }>({ count: int }),
  setWatches2: nothing,
  addWatch: record<{ readonly error: number }>({ error: int }),
  whoAmI: record<{ readonly identities: readonly ClientIdentity[] }>({ identities }),
  closeSession: nothing,
} satisfies Record<Operation, { readonly read: unknown; readonly write: unknown }>;

/** The body of the reply to this request. */
export type ReplyBody<O extends Operation> = (typeof replyBodies)[O] extends Codec<infer T> ? T : never;
