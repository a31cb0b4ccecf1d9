import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fdatasync,
  fdatasyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  rmSync,
  write,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freeBytes, flushSync, MIN_FREE_BYTES } from './data-folder.js';
import { JOURNAL_FILE } from './folder-inspection.js';
import {
  type Commit,
  commitBytes,
  encodeJournalHeader,
  entriesOf,
  JOURNAL_HEADER_BYTES,
  JOURNAL_ID_BYTES,
  type JournalEntry,
  JournalError,
  LENGTH_BYTES,
  lengthAt,
  writeCommit,
} from './journal-format.js';
import { JournalWindows } from './journal-windows.js';
import { type JournalBytes } from './unsettled-records.js';

/** A write returns when it is on the disk, where the system has that; else it is flushed. */
const writeThrough = (constants.O_DSYNC as number | undefined) ?? 0;

/** A write that takes longer is the next time left to another thread, whose waking costs a tenth of a millisecond. */
const SLOW_MS = 1;

const writeAsync = promisify(write);
const fdatasyncAsync = promisify(fdatasync);

const NO_BYTES = Buffer.alloc(0);
/** Of memory for laying out commits, which is kept. */
const MAX_SCRATCH_BYTES = 16 * 1024 * 1024;

/** Room is made in steps: writing where the file has its bytes already costs the disk half of what growing it does. */
const STEP_BYTES = 1024 * 1024;

/**
 * The newest commits, in a file that is written from its beginning to its end and flushed once for each: the data file
 * has them later. After that it is written from the beginning again.
 */
export class Journal implements JournalBytes {
  readonly id = randomBytes(JOURNAL_ID_BYTES);
  readonly #folder: string;
  readonly #path: string;
  readonly #flushes: boolean;
  #fd: number | undefined;
  #position = JOURNAL_HEADER_BYTES;
  #allocated = 0;
  #isBroken = false;
  #isSlow = false;
  /** The next commit is laid out in it. */
  #scratch = NO_BYTES;
  readonly #windows = new JournalWindows();

  constructor(folder: string, { flushes }: { flushes: boolean }) {
    this.#folder = folder;
    this.#path = join(folder, JOURNAL_FILE);
    this.#flushes = flushes;
  }

  /** Of the commits that the data file does not have. */
  get bytes(): number {
    return this.#position - JOURNAL_HEADER_BYTES;
  }

  /** A commit that failed could not be taken back: before the next one, the data file has to have all others. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /**
   * On the disk when it resolves, with where its changes are; where it rejects, nothing of the commit counts. One at a
   * time. A fast disk is written to at once, which is sooner done than handing it to another thread; a slow one leaves the
   * event loop free.
   */
  async append(commit: Commit): Promise<Iterable<JournalEntry>> {
    const fd = (this.#fd ??= this.#create());
    const frame = this.#frameOf(commit);
    const position = this.#position;
    const begun = performance.now();
    try {
      this.#makeRoom(fd, frame.length);
      if (this.#isSlow) await this.#writeInBackground(fd, frame, position);
      else this.#write(fd, frame, position);
    } catch (error) {
      this.#takeBack(fd);
      throw error;
    } finally {
      this.#isSlow = performance.now() - begun > SLOW_MS;
    }
    this.#position += frame.length;
    this.#allocated = Math.max(this.#allocated, this.#position);
    return entriesOf(commit.changes, position);
  }

  bytesAt(at: number): Buffer | undefined {
    const length = lengthAt(this.#read(at, LENGTH_BYTES), 0);
    return length === undefined ? undefined : this.#read(at + LENGTH_BYTES, length);
  }

  /** The data file has all commits. What the file has beyond `keptBytes` is given back to the disk. */
  settled(keptBytes: number): void {
    this.#position = JOURNAL_HEADER_BYTES;
    this.#windows.forget();
    if (this.#isBroken) this.close();
    this.#isBroken = false;
    const kept = Math.max(keptBytes, JOURNAL_HEADER_BYTES);
    if (this.#fd === undefined || this.#allocated <= kept) return;
    ftruncateSync(this.#fd, kept);
    this.#allocated = kept;
  }

  /** The data file has all commits, and there will be no more. After a power loss it does not come back, either. */
  remove(): void {
    this.close();
    rmSync(this.#path, { force: true });
    if (this.#flushes) flushSync(this.#folder);
  }

  /** Leaves the commits for the next one who opens the folder. */
  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  /** The same memory again and again: a fleet commits megabytes at each tick. */
  #frameOf(commit: Commit): Buffer {
    const length = commitBytes(commit.changes);
    if (this.#scratch.length < length) this.#scratch = Buffer.allocUnsafeSlow(length * 1.25);
    const frame = this.#scratch.subarray(0, length);
    writeCommit(frame, commit);
    if (this.#scratch.length > MAX_SCRATCH_BYTES) this.#scratch = NO_BYTES;
    return frame;
  }

  /** A view that holds until the next call. */
  #read(at: number, length: number): Buffer {
    if (this.#fd === undefined) throw new JournalError('it was closed');
    const bytes = this.#windows.read(this.#fd, { at, length, end: this.#position });
    if (bytes.length < length) throw new JournalError(`it ends at ${at + bytes.length}, within a record`);
    return bytes;
  }

  #create(): number {
    const { O_RDWR, O_CREAT, O_TRUNC } = constants;
    const fd = openSync(this.#path, O_RDWR | O_CREAT | O_TRUNC | (this.#flushes ? writeThrough : 0), 0o666);
    try {
      this.#write(fd, encodeJournalHeader(this.id), 0);
      this.#allocated = JOURNAL_HEADER_BYTES;
      if (this.#flushes) flushSync(this.#folder);
      return fd;
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  #write(fd: number, bytes: Buffer, at: number): void {
    for (let written = 0; written < bytes.length;) {
      written += writeSync(fd, bytes, written, bytes.length - written, at + written);
    }
    if (this.#flushes && writeThrough === 0) fdatasyncSync(fd);
  }

  async #writeInBackground(fd: number, bytes: Buffer, at: number): Promise<void> {
    for (let written = 0; written < bytes.length;) {
      written += (await writeAsync(fd, bytes, written, bytes.length - written, at + written)).bytesWritten;
    }
    if (this.#flushes && writeThrough === 0) await fdatasyncAsync(fd);
  }

  #makeRoom(fd: number, bytes: number): void {
    const missing = this.#position + bytes - this.#allocated;
    if (missing <= 0) return;
    const grown = Math.ceil(missing / STEP_BYTES) * STEP_BYTES;
    // On a disk that is nearly full the file takes what it needs, and not more.
    if (freeBytes(this.#folder) < grown + 2 * MIN_FREE_BYTES) return;
    try {
      this.#write(fd, Buffer.alloc(grown), this.#allocated);
      this.#allocated += grown;
    } catch {
      ftruncateSync(fd, this.#allocated);
    }
  }

  /** A commit that failed may be in the file as a whole all the same: it must not be found there. */
  #takeBack(fd: number): void {
    try {
      if (this.#position < this.#allocated) this.#write(fd, Buffer.alloc(8), this.#position);
      else ftruncateSync(fd, this.#position);
    } catch {
      this.#isBroken = true;
    }
  }
}

/** What is in the journal of a folder; undefined where there is none. */
export function readJournal(folder: string): Buffer | undefined {
  try {
    return readFileSync(join(folder, JOURNAL_FILE));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
