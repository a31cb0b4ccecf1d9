import {
  CoordinationError,
  type CoordinationErrorCode,
  type Stat,
  type ZnodeValue,
} from '../../src/index.js';

interface Node {
  data: Buffer;
  readonly czxid: bigint;
  mzxid: bigint;
  pzxid: bigint;
  readonly ctimeMs: number;
  mtimeMs: number;
  version: number;
  /** Number of the next sequential child. */
  sequence: number;
  owner: bigint;
  readonly children: Set<string>;
}

export type TreeEvent = (type: 'created' | 'deleted' | 'changed' | 'child', path: string) => void;

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

function fail(code: CoordinationErrorCode, path: string): never {
  throw new CoordinationError(code, `${code} ${path}`, { path });
}

/** The znodes of a fake ZooKeeper, by ZooKeeper's rules. */
export class FakeTree {
  readonly #nodes = new Map<string, Node>();
  readonly #onEvent: TreeEvent;
  #zxid = 0n;

  constructor(onEvent: TreeEvent) {
    this.#onEvent = onEvent;
    this.#nodes.set('/', this.#newNode(Buffer.alloc(0), 0n));
  }

  create(path: string, data: Buffer, ephemeralOwner: bigint, sequential: boolean): string {
    const parentPath = parentOf(path);
    const parent = this.#nodes.get(parentPath) ?? fail('NO_NODE', path);
    if (parent.owner !== 0n) fail('NO_CHILDREN_FOR_EPHEMERALS', path);
    const full = sequential ? path + formatSequence(parent.sequence) : path;
    if (this.#nodes.has(full)) fail('NODE_EXISTS', path);
    parent.sequence = (parent.sequence + 1) | 0;
    this.#zxid += 1n;
    this.#nodes.set(full, this.#newNode(data, ephemeralOwner));
    parent.children.add(full.slice(full.lastIndexOf('/') + 1));
    parent.pzxid = this.#zxid;
    this.#onEvent('created', full);
    this.#onEvent('child', parentPath);
    return full;
  }

  get(path: string): ZnodeValue {
    const node = this.#nodes.get(path) ?? fail('NO_NODE', path);
    return { data: node.data, stat: statOf(node) };
  }

  set(path: string, data: Buffer, version: number | undefined): Stat {
    const node = this.#nodes.get(path) ?? fail('NO_NODE', path);
    if (version !== undefined && version !== node.version) fail('BAD_VERSION', path);
    node.data = data;
    node.version += 1;
    node.mzxid = this.#zxid += 1n;
    node.mtimeMs = Date.now();
    this.#onEvent('changed', path);
    return statOf(node);
  }

  delete(path: string, version?: number): void {
    const node = this.#nodes.get(path) ?? fail('NO_NODE', path);
    if (version !== undefined && version !== node.version) fail('BAD_VERSION', path);
    if (node.children.size > 0) fail('NOT_EMPTY', path);
    const parent = this.#nodes.get(parentOf(path));
    this.#nodes.delete(path);
    parent?.children.delete(path.slice(path.lastIndexOf('/') + 1));
    this.#zxid += 1n;
    if (parent) parent.pzxid = this.#zxid;
    this.#onEvent('deleted', path);
    this.#onEvent('child', parentOf(path));
  }

  children(path: string): string[] {
    return [...(this.#nodes.get(path) ?? fail('NO_NODE', path)).children];
  }

  has(path: string): boolean {
    return this.#nodes.has(path);
  }

  /** How many znodes there are. */
  get size(): number {
    return this.#nodes.size;
  }

  /** Deletes what a session leaves behind. */
  deleteOwnedBy(session: bigint): void {
    for (const [path, node] of [...this.#nodes]) {
      if (node.owner === session) this.delete(path);
    }
  }

  /** For tests of what cannot be brought about from outside: a znode of another session, a counter near its end. */
  tamper(
    path: string,
    change: { readonly owner?: bigint; readonly sequence?: number; readonly version?: number },
  ): void {
    const node = this.#nodes.get(path) ?? fail('NO_NODE', path);
    if (change.owner !== undefined) node.owner = change.owner;
    if (change.sequence !== undefined) node.sequence = change.sequence;
    if (change.version !== undefined) node.version = change.version;
  }

  #newNode(data: Buffer, owner: bigint): Node {
    const now = Date.now();
    const zxid = this.#zxid;
    return {
      data,
      czxid: zxid,
      mzxid: zxid,
      pzxid: zxid,
      ctimeMs: now,
      mtimeMs: now,
      version: 0,
      sequence: 0,
      owner,
      children: new Set(),
    };
  }
}

/** As Java's `%010d`: the sign counts among the ten characters. */
function formatSequence(sequence: number): string {
  const digits = String(Math.abs(sequence));
  return sequence < 0 ? `-${digits.padStart(9, '0')}` : digits.padStart(10, '0');
}

function statOf(node: Node): Stat {
  return {
    czxid: node.czxid,
    mzxid: node.mzxid,
    pzxid: node.pzxid,
    ctimeMs: node.ctimeMs,
    mtimeMs: node.mtimeMs,
    version: node.version,
    cversion: node.sequence,
    aversion: 0,
    ephemeralOwner: node.owner,
    dataLength: node.data.length,
    numChildren: node.children.size,
  };
}
