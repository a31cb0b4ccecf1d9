import type { Session } from '../connection/session.js';
import { CoordinationError } from '../errors/coordination-error.js';
import { TransactionError } from '../errors/transaction-error.js';
import type { Stat, ZnodeValue } from '../transport/stat.js';
import type { TransportOperation, TransportResult } from '../transport/transport.js';

/** Writes of one transaction: so few that the servers answer others between two of them. */
const maxWrites = 128;
/** A transaction is to stay well below what a server takes at once (1 MiB by default). */
const maxWriteBytes = 256 * 1_024;
/** What a write takes beside its path and data. */
const overheadBytes = 64;
const maxReads = 256;

type Write = Extract<TransportOperation, { type: 'create' | 'set' }>;

interface Asked<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

type AskedWrite = Asked<TransportResult> & { readonly operation: Write };
type AskedRead = Asked<ZnodeValue> & { readonly path: string };

/**
 * The requests of many registrations in one session. Those of one turn of the event loop go together, writes as
 * transactions and reads as one request, where the transport can; each is answered as if it had been alone: where a
 * transaction is refused because of one of its writes, all of them are made one by one.
 */
export class GatheredRequests {
  readonly #session: Session;
  #writes: AskedWrite[] = [];
  #reads: AskedRead[] = [];
  #isDue = false;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Creates an ephemeral znode. */
  async create(path: string, data: Buffer): Promise<void> {
    const { multi } = this.#session.capabilities;
    if (!multi || data.length > maxWriteBytes) {
      await this.#session.create(path, data, { ephemeral: true });
      return;
    }
    await this.#write({ type: 'create', path, data, options: { ephemeral: true } });
  }

  async set(path: string, data: Buffer, version: number): Promise<Stat> {
    const { multi } = this.#session.capabilities;
    if (!multi || data.length > maxWriteBytes) return this.#session.set(path, data, version);
    const result = await this.#write({ type: 'set', path, data, version });
    if (result.type === 'set') return result.stat;
    throw new TypeError(`A set of ${path} was answered as ${result.type}`);
  }

  get(path: string): Promise<ZnodeValue> {
    if (!this.#session.capabilities.multiRead) return this.#session.get(path);
    return new Promise((resolve, reject) => {
      this.#reads.push({ path, resolve, reject });
      this.#sendSoon();
    });
  }

  #write(operation: Write): Promise<TransportResult> {
    return new Promise((resolve, reject) => {
      this.#writes.push({ operation, resolve, reject });
      this.#sendSoon();
    });
  }

  #sendSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      const [writes, reads] = [this.#writes, this.#reads];
      [this.#writes, this.#reads] = [[], []];
      for (const together of portionsOf(writes)) void this.#sendWrites(together);
      for (let at = 0; at < reads.length; at += maxReads)
        void this.#sendReads(reads.slice(at, at + maxReads));
    });
  }

  async #sendWrites(writes: readonly AskedWrite[]): Promise<void> {
    if (writes.length === 1) {
      await Promise.all(writes.map((write) => this.#sendAlone(write)));
      return;
    }
    try {
      const results = await this.#session.multi(writes.map(({ operation }) => operation));
      writes.forEach(({ resolve, reject }, index) => {
        const result = results[index];
        if (result === undefined) reject(new TypeError('A write of a transaction was not answered'));
        else resolve(result);
      });
    } catch (error) {
      if (error instanceof TransactionError) await Promise.all(writes.map((write) => this.#sendAlone(write)));
      else for (const { reject } of writes) reject(error);
    }
  }

  async #sendAlone({ operation, resolve, reject }: AskedWrite): Promise<void> {
    const { path, data } = operation;
    try {
      if (operation.type === 'create') {
        resolve({ type: 'create', ...(await this.#session.create(path, data, operation.options)) });
      } else {
        resolve({ type: 'set', stat: await this.#session.set(path, data, operation.version) });
      }
    } catch (error) {
      reject(error);
    }
  }

  async #sendReads(reads: readonly AskedRead[]): Promise<void> {
    try {
      const values =
        reads.length === 1
          ? await Promise.all(reads.map(({ path }) => this.#session.get(path)))
          : await this.#session.getMany(reads.map(({ path }) => path));
      reads.forEach(({ resolve, reject }, index) => {
        const value = values[index];
        if (value === undefined || value instanceof CoordinationError) reject(value);
        else resolve(value);
      });
    } catch (error) {
      for (const { reject } of reads) reject(error);
    }
  }
}

/** Writes in their order, so many at a time as one transaction may hold. */
function* portionsOf(writes: readonly AskedWrite[]): Generator<readonly AskedWrite[]> {
  let portion: AskedWrite[] = [];
  let bytes = 0;
  for (const write of writes) {
    const { path, data } = write.operation;
    const size = path.length + data.length + overheadBytes;
    if (portion.length === maxWrites || (portion.length > 0 && bytes + size > maxWriteBytes)) {
      yield portion;
      [portion, bytes] = [[], 0];
    }
    portion.push(write);
    bytes += size;
  }
  if (portion.length > 0) yield portion;
}
