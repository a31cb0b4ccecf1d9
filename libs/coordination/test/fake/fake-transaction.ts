import { CoordinationError, TransactionError } from '../../src/index.js';
import type { TransportOperation, TransportResult } from '../../src/index.js';
import type { FakeSession } from './fake-session.js';
import type { FakeTree } from './fake-tree.js';

/** Applies the steps of a transaction, all or none; throws as a transport rejects. */
export function applyAll(
  tree: FakeTree,
  session: FakeSession,
  operations: readonly TransportOperation[],
): TransportResult[] {
  const refusals = operations.map((operation) => refusalOf(tree, operation));
  const index = refusals.findIndex((refusal) => refusal !== undefined);
  if (index !== -1) throw new TransactionError(index, refusals);
  return operations.map((operation): TransportResult => {
    const { type, path } = operation;
    if (type === 'create') {
      const owner = operation.options.ephemeral === true ? session.id : 0n;
      const created = tree.create(path, operation.data, owner, operation.options.sequential === true);
      return { type, path: created, stat: tree.get(created).stat };
    }
    if (type === 'set') return { type, stat: tree.set(path, operation.data, operation.version) };
    if (type === 'delete') tree.delete(path, operation.version);
    return { type };
  });
}

/** Why the tree would refuse a step; the steps of one transaction concern different znodes here. */
function refusalOf(tree: FakeTree, operation: TransportOperation): CoordinationError | undefined {
  const { type, path } = operation;
  const parent = path.slice(0, path.lastIndexOf('/')) || '/';
  const refuse = (code: CoordinationError['code']): CoordinationError =>
    new CoordinationError(code, `${code} ${path}`, { path });
  if (type === 'create') {
    if (!tree.has(parent)) return refuse('NO_NODE');
    return tree.has(path) ? refuse('NODE_EXISTS') : undefined;
  }
  if (!tree.has(path)) return refuse('NO_NODE');
  const { version } = operation;
  return version !== undefined && version !== tree.get(path).stat.version ? refuse('BAD_VERSION') : undefined;
}
