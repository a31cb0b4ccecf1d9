import { tickReportSchema } from '@atalaya/contracts';
import { type Client, hasCode } from '@atalaya/coordination';
import { type UnsignedReport, withoutSensors } from '../aggregation/tick-report.js';
import type { UndeliveredTick } from './delivery-queue.js';

/** A znode holds at most 1 MB by default, path and protocol included. */
const MAX_ZNODE_BYTES = 900_000;

/** All ticks that are handed over at once: ZooKeeper keeps them in memory. */
const MAX_TOTAL_BYTES = 16_000_000;

/**
 * The way of undelivered ticks from a leader whose term is over to the next: persistent znodes `<path>/<group>-<tick>`
 * with the report as JSON. The leader looks for them at every tick, delivers them under its own token, and deletes each
 * once it is delivered. What is there twice is delivered twice, which the API answers with the one it has.
 */
export class HandOver {
  readonly #client: Client;
  readonly #path: string;
  readonly #group: string;

  constructor(client: Client, path: string, group: string) {
    this.#client = client;
    this.#path = path;
    this.#group = group;
  }

  /**
   * Puts ticks where the next leader finds them and returns those that could not be: beyond the bound of 16 MB the
   * oldest, which are not tried, and those whose write failed.
   */
  async give(ticks: readonly UndeliveredTick[], signal: AbortSignal): Promise<UndeliveredTick[]> {
    if (ticks.length === 0) return [];
    let room = MAX_TOTAL_BYTES;
    const left: UndeliveredTick[] = [];
    const writes: Promise<void>[] = [];
    await this.#client.ensurePath(this.#path, { signal });
    for (const tick of [...ticks].reverse()) {
      const data = fitting(tick.report);
      room -= data.length;
      if (room < 0) left.push(tick);
      else {
        const write = this.#write(tick, data, signal).catch(() => {
          left.push(tick);
        });
        writes.push(write);
      }
    }
    await Promise.all(writes);
    return left;
  }

  /**
   * The ticks of the group that were handed over, the oldest first, without those that `known` tells are under way.
   * A znode that holds no report is deleted.
   */
  async take(known: (znode: string) => boolean, signal: AbortSignal): Promise<UndeliveredTick[]> {
    const ticks: UndeliveredTick[] = [];
    for (const name of await this.#names(signal)) {
      const znode = `${this.#path}/${name}`;
      if (!name.startsWith(`${this.#group}-`) || known(znode)) continue;
      const tick = await this.#read(znode, signal);
      if (tick !== undefined) ticks.push(tick);
    }
    return ticks.sort((one, other) => one.timestamp - other.timestamp);
  }

  /** Deletes the znode of a tick that is delivered. */
  async discard(znode: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#client.delete(znode, { signal });
    } catch (error) {
      if (!hasCode(error, 'NO_NODE')) throw error;
    }
  }

  async #names(signal: AbortSignal): Promise<string[]> {
    try {
      return await this.#client.children(this.#path, { signal });
    } catch (error) {
      if (hasCode(error, 'NO_NODE')) return [];
      throw error;
    }
  }

  async #read(znode: string, signal: AbortSignal): Promise<UndeliveredTick | undefined> {
    try {
      const { data } = await this.#client.get(znode, { signal });
      const tick = parse(data, this.#group, znode);
      if (tick === undefined) await this.discard(znode, signal);
      return tick;
    } catch (error) {
      if (hasCode(error, 'NO_NODE')) return undefined;
      throw error;
    }
  }

  async #write(tick: UndeliveredTick, data: Buffer, signal: AbortSignal): Promise<void> {
    try {
      await this.#client.create(`${this.#path}/${this.#group}-${tick.timestamp}`, { data, signal });
    } catch (error) {
      // Of one tick the report that was first is kept, as the API does.
      if (!hasCode(error, 'NODE_EXISTS')) throw error;
    }
  }
}

function fitting(report: string): Buffer {
  const data = Buffer.from(report);
  if (data.length <= MAX_ZNODE_BYTES) return data;
  return Buffer.from(JSON.stringify(withoutSensors(JSON.parse(report) as UnsignedReport)));
}

function parse(data: Buffer, group: string, znode: string): UndeliveredTick | undefined {
  try {
    const report = tickReportSchema.parse(JSON.parse(data.toString()));
    if (report.group !== group) return undefined;
    delete report.token;
    delete report.ensemble;
    delete report.leader;
    delete report.leadership;
    return { timestamp: report.timestamp, report: JSON.stringify(report), handedOverIn: znode };
  } catch {
    return undefined;
  }
}
