import { appendFile, mkdir, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Logger } from '@atalaya/service-kit';

/** The file is moved aside (`.1`, in place of the one of before) when it has this size. */
const MAX_FILE_BYTES = 10 * 1024 * 1024;

/** Entries of one kind that are written in one second; more of them are counted. */
const MAX_ENTRIES_PER_SECOND = 20;

/** Entries that wait to be written; a disk that is that slow costs entries and not memory. */
const MAX_WAITING = 1_000;

/** What has happened. */
export interface AuditEntry {
  event:
    | 'cleared'
    | 'repaired'
    | 'imported'
    | 'written-by-hand'
    | 'key-refused'
    | 'key-changed'
    | 'signed-in'
    | 'signed-out';
  /** Name of the key. */
  key?: string | undefined;
  /** Where the request came from. */
  address?: string;
  group?: string;
  route?: string;
  reason?: string;
  value?: number;
  /** Of a repair: values later than this were removed, in ms since the epoch. */
  after?: number | undefined;
  /** Of a repair: fencing tokens newer than this were forgotten. */
  newestToken?: string | undefined;
  /** Of a repair: how much was removed. */
  removed?: { measurements: number; tokens: number };
  /** Of an import: ticks that were stored, and those that were there with another mean. */
  imported?: number;
  kept?: number;
}

export interface AuditLog {
  record(entry: AuditEntry): void;
  /** Resolves when everything is written. */
  close(): Promise<void>;
}

/**
 * An audit log of JSON lines: in a file of its own, which holds at most 10 MiB beside as much of before, or, without a
 * path, in the log of the process. Of entries of one kind at most 20 are written in a second; the others are counted
 * in the next one that is (`left_out`).
 */
export function openAuditLog(
  path: string | undefined,
  logger: Pick<Logger, 'info' | 'error'>,
  now: () => number = Date.now,
): AuditLog {
  const file = path === undefined ? undefined : new AuditFile(path, logger);
  const rates = new Map<string, { second: number; written: number; leftOut: number }>();
  return {
    record: (entry) => {
      const time = now();
      const second = Math.floor(time / 1_000);
      let rate = rates.get(entry.event);
      if (rate?.second !== second) {
        rate = { second, written: 0, leftOut: rate?.leftOut ?? 0 };
        rates.set(entry.event, rate);
      }
      if (rate.written >= MAX_ENTRIES_PER_SECOND) {
        rate.leftOut += 1;
        return;
      }
      rate.written += 1;
      const leftOut = rate.leftOut === 0 ? {} : { left_out: rate.leftOut };
      rate.leftOut = 0;
      if (file === undefined) logger.info({ audit: { ...entry, ...leftOut } }, `audit: ${entry.event}`);
      else file.add(JSON.stringify({ time: new Date(time).toISOString(), ...entry, ...leftOut }));
    },
    close: async () => file?.close(),
  };
}

class AuditFile {
  readonly #path: string;
  readonly #logger: Pick<Logger, 'error'>;
  #waiting: string[] = [];
  #size: number | undefined;
  #writing: Promise<void> | undefined;
  #failed = false;

  constructor(path: string, logger: Pick<Logger, 'error'>) {
    this.#path = path;
    this.#logger = logger;
  }

  add(line: string): void {
    if (this.#waiting.length < MAX_WAITING) this.#waiting.push(line);
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  async close(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const text = `${this.#waiting.join('\n')}\n`;
      this.#waiting = [];
      try {
        this.#size ??= await this.#open();
        if (this.#size + Buffer.byteLength(text) > MAX_FILE_BYTES && this.#size > 0) {
          await rename(this.#path, `${this.#path}.1`);
          this.#size = 0;
        }
        await appendFile(this.#path, text, { mode: 0o600 });
        this.#size += Buffer.byteLength(text);
        this.#failed = false;
      } catch (error) {
        if (!this.#failed)
          this.#logger.error({ err: error }, `the audit log ${this.#path} cannot be written`);
        this.#failed = true;
      }
    }
  }

  async #open(): Promise<number> {
    await mkdir(dirname(this.#path), { recursive: true });
    const size = await stat(this.#path).then(
      (found) => found.size,
      () => 0,
    );
    return size;
  }
}
