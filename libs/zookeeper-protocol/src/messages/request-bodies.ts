import { type Operation } from '../codes/operations.js';
import { type Acl } from '../records/acl.js';
import { acls, bool, bytes, type Codec, id, int, millis, nothing, record, text, texts } from './codec.js';
import { multiRequest } from './multi-request.js';

interface Path {
  readonly path: string;
}
interface WatchedPath extends Path {
  readonly watch: boolean;
}
interface PathWithType extends Path {
  /** See `WATCHER_TYPES`. */
  readonly type: number;
}
interface Create extends Path {
  readonly data: Uint8Array | null;
  readonly acl: readonly Acl[];
  /** See `CREATE_MODES`. */
  readonly flags: number;
}
interface OldWatches {
  /** Only changes after this transaction are sent at once. */
  readonly lastZxid: bigint;
  readonly data: readonly string[];
  /** Watches for the creation of znodes that were not there. */
  readonly exist: readonly string[];
  readonly child: readonly string[];
}

const path = record<Path>({ path: text });
const watchedPath = record<WatchedPath>({ path: text, watch: bool });
const pathWithType = record<PathWithType>({ path: text, type: int });
const createFields = { path: text, data: bytes, acl: acls, flags: int };
const create = record<Create>(createFields);
const oldWatches = { lastZxid: id, data: texts, exist: texts, child: texts };

/** The body of each request. A version of −1 means any. */
export const requestBodies = {
  create,
  delete: record<Path & { readonly version: number }>({ path: text, version: int }),
  exists: watchedPath,
  getData: watchedPath,
  setData: record<Path & { readonly data: Uint8Array | null; readonly version: number }>({
    path: text,
    data: bytes,
    version: int,
  }),
  getAcl: path,
  setAcl: record<Path & { readonly acl: readonly Acl[]; readonly version: number }>({
    path: text,
    acl: acls,
    version: int,
  }),
  getChildren: watchedPath,
  sync: path,
  ping: nothing,
  getChildren2: watchedPath,
  check: record<Path & { readonly version: number }>({ path: text, version: int }),
  multi: multiRequest,
  create2: create,
  reconfig: record<{
    readonly joining: string;
    readonly leaving: string;
    readonly newMembers: string;
    readonly currentConfigId: bigint;
  }>({ joining: text, leaving: text, newMembers: text, currentConfigId: id }),
  checkWatches: pathWithType,
  removeWatches: pathWithType,
  createContainer: create,
  deleteContainer: path,
  createTtl: record<Create & { readonly ttlMs: number }>({ ...createFields, ttlMs: millis }),
  multiRead: multiRequest,
  auth: record<{ readonly type: number; readonly scheme: string; readonly auth: Uint8Array | null }>({
    type: int,
    scheme: text,
    auth: bytes,
  }),
  setWatches: record<OldWatches>(oldWatches),
  sasl: record<{ readonly token: Uint8Array | null }>({ token: bytes }),
  getEphemerals: record<{ readonly prefix: string }>({ prefix: text }),
  getAllChildrenNumber: path,
  setWatches2: record<
    OldWatches & { readonly persistent: readonly string[]; readonly persistentRecursive: readonly string[] }
  >({ ...oldWatches, persistent: texts, persistentRecursive: texts }),
  addWatch: record<Path & { readonly mode: number }>({ path: text, mode: int }),
  whoAmI: nothing,
  closeSession: nothing,
} satisfies Record<Operation, { readonly read: unknown; readonly write: unknown }>;

/** The body of this request. */
export type RequestBody<O extends Operation> = (typeof requestBodies)[O] extends Codec<infer T> ? T : never;
