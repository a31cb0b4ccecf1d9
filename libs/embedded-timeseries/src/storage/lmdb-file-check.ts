import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** The file is no sound LMDB database; the message says where. */
export class LmdbFileError extends Error {
  override readonly name = 'LmdbFileError';
  readonly code = 'LMDB_FILE';
}

const META_MAGIC = 0xbeefc0de;
const PAGE_HEADER_BYTES = 24;
const NODE_HEADER_BYTES = 8;

/** Offsets in a page header, and within a meta page behind it (`MDB_meta`, `MDB_db`; data version 2, 64 bits). */
const PAGE = { number: 0, flags: 18, lower: 20, upper: 22, overflowPages: 20 };
const META = {
  magic: 24,
  pageSize: 48,
  freeTree: 48,
  mainTree: 96,
  lastPage: 144,
  transaction: 152,
  end: 160,
};
const TREE = { depth: 6, root: 40 };
const FLAG = { branch: 1, leaf: 2, overflow: 4, bigData: 1 };
const NO_PAGE = 0xffff_ffff_ffff_ffffn;

/**
 * Checks that a file is an LMDB database whose trees can be walked: LMDB maps the file and follows its page numbers
 * without looking, so that a cut-off or overwritten page would end the process. Reads every branch and leaf page.
 *
 * @throws LmdbFileError
 */
export function checkLmdbFile(path: string): void {
  const file = openSync(path, 'r');
  try {
    new LmdbFileCheck(file).run();
  } finally {
    closeSync(file);
  }
}

class LmdbFileCheck {
  readonly #size: number;
  #pageSize = 4096;
  #lastPage = 0;

  constructor(readonly file: number) {
    this.#size = fstatSync(file).size;
  }

  run(): void {
    // LMDB would take it for a new database and start afresh.
    if (this.#size === 0) throw new LmdbFileError('it is empty');
    const first = this.#read(0, META.end);
    if (first.readUInt32LE(META.magic) !== META_MAGIC) throw new LmdbFileError('it is not an LMDB database');
    this.#pageSize = first.readUInt32LE(META.pageSize);
    if (this.#pageSize < 512 || this.#pageSize > 65_536 || this.#pageSize % 512 !== 0) {
      throw new LmdbFileError(`its page size is ${this.#pageSize}`);
    }
    const second = this.#read(this.#pageSize, META.end);
    if (second.readUInt32LE(META.magic) !== META_MAGIC)
      throw new LmdbFileError('its second header is overwritten');
    const newest = transaction(first) >= transaction(second) ? first : second;
    this.#lastPage = Number(newest.readBigUInt64LE(META.lastPage));
    for (const tree of [META.freeTree, META.mainTree]) {
      const root = newest.readBigUInt64LE(tree + TREE.root);
      if (root !== NO_PAGE) this.#visit(Number(root), newest.readUInt16LE(tree + TREE.depth));
    }
  }

  #visit(number: number, depth: number): void {
    const page = this.#page(number);
    const isLeaf = (page.readUInt16LE(PAGE.flags) & FLAG.leaf) !== 0;
    const isBranch = (page.readUInt16LE(PAGE.flags) & FLAG.branch) !== 0;
    if (isLeaf === isBranch || isLeaf !== (depth === 1)) throw damagedPage(number);
    for (const node of nodesOf(page, number)) {
      const [low, high, flags] = [
        page.readUInt16LE(node),
        page.readUInt16LE(node + 2),
        page.readUInt16LE(node + 4),
      ];
      if (isBranch) this.#visit(low + high * 2 ** 16 + flags * 2 ** 32, depth - 1);
      else
        this.#checkValue(page, {
          number,
          node,
          size: low + high * 2 ** 16,
          isBig: (flags & FLAG.bigData) !== 0,
        });
    }
  }

  #checkValue(
    page: Buffer,
    { number, node, size, isBig }: { number: number; node: number; size: number; isBig: boolean },
  ): void {
    const start = node + NODE_HEADER_BYTES + page.readUInt16LE(node + 6);
    if (start + (isBig ? 8 : size) > page.length) throw damagedPage(number);
    if (!isBig) return;
    const overflow = Number(page.readBigUInt64LE(start));
    const header = this.#page(overflow);
    const pages = header.readUInt32LE(PAGE.overflowPages);
    const isOverflow = (header.readUInt16LE(PAGE.flags) & FLAG.overflow) !== 0;
    const holds = pages * this.#pageSize >= PAGE_HEADER_BYTES + size;
    if (!isOverflow || !holds || overflow + pages - 1 > this.#lastPage) throw damagedPage(overflow);
    if ((overflow + pages) * this.#pageSize > this.#size) throw damagedPage(overflow + pages - 1);
  }

  #page(number: number): Buffer {
    if (number < 2 || number > this.#lastPage) throw damagedPage(number);
    const page = this.#read(number * this.#pageSize, this.#pageSize);
    if (page.readBigUInt64LE(PAGE.number) !== BigInt(number)) throw damagedPage(number);
    return page;
  }

  #read(offset: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    if (readSync(this.file, bytes, 0, length, offset) < length) {
      throw new LmdbFileError(`it is cut off: ${this.#size} bytes, and more are needed at ${offset}`);
    }
    return bytes;
  }
}

/** Offsets of a page's nodes. */
function nodesOf(page: Buffer, number: number): number[] {
  const lower = page.readUInt16LE(PAGE.lower);
  const upper = page.readUInt16LE(PAGE.upper);
  const end = page.length - PAGE_HEADER_BYTES;
  if (lower % 2 !== 0 || lower > upper || upper > end) throw damagedPage(number);
  return Array.from({ length: lower / 2 }, (_unused, index) => {
    const node = page.readUInt16LE(PAGE_HEADER_BYTES + 2 * index);
    const keyEnd = node + NODE_HEADER_BYTES;
    if (node < upper || keyEnd > end) throw damagedPage(number);
    const offset = node + PAGE_HEADER_BYTES;
    if (keyEnd + page.readUInt16LE(offset + 6) > end) throw damagedPage(number);
    return offset;
  });
}

function transaction(meta: Buffer): bigint {
  return meta.readBigUInt64LE(META.transaction);
}

function damagedPage(number: number): LmdbFileError {
  return new LmdbFileError(`page ${number} is damaged`);
}
