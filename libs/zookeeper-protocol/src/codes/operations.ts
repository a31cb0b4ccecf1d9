/** ZooKeeper's request types by name, as in `org.apache.zookeeper.ZooDefs.OpCode`. */
export const OPERATION_CODES = {
  create: 1,
  delete: 2,
  exists: 3,
  getData: 4,
  setData: 5,
  getAcl: 6,
  setAcl: 7,
  getChildren: 8,
  sync: 9,
  ping: 11,
  getChildren2: 12,
  check: 13,
  multi: 14,
  create2: 15,
  reconfig: 16,
  checkWatches: 17,
  removeWatches: 18,
  createContainer: 19,
  deleteContainer: 20,
  createTtl: 21,
  multiRead: 22,
  auth: 100,
  setWatches: 101,
  sasl: 102,
  getEphemerals: 103,
  getAllChildrenNumber: 104,
  setWatches2: 105,
  addWatch: 106,
  whoAmI: 107,
  closeSession: -11,
} as const;

/** Name of a request type. */
export type Operation = keyof typeof OPERATION_CODES;

const NAMES = new Map<number, Operation>(
  Object.entries(OPERATION_CODES).map(([name, code]) => [code, name as Operation]),
);

/** Requests whose body begins with the path of the node that they are about. */
const WITH_PATH = new Set<Operation>([
  'create',
  'delete',
  'exists',
  'getData',
  'setData',
  'getAcl',
  'setAcl',
  'getChildren',
  'sync',
  'getChildren2',
  'check',
  'create2',
  'checkWatches',
  'removeWatches',
  'createContainer',
  'deleteContainer',
  'createTtl',
  'getEphemerals',
  'getAllChildrenNumber',
  'addWatch',
]);

/** Name of a request type; undefined for one that is not known here. */
export function operationName(code: number): Operation | undefined {
  return NAMES.get(code);
}

/** Whether a request of this type begins with a path. */
export function carriesPath(operation: Operation | undefined): boolean {
  return operation !== undefined && WITH_PATH.has(operation);
}
