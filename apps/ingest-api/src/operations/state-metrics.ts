import { readFileSync } from 'node:fs';
import { Gauge, type Registry } from 'prom-client';
import { type InFlightBound } from '../admission/in-flight-bound.js';
import { type ReadQueue } from '../admission/read-queue.js';
import { type Store } from '../store/store-port.js';

/** A scrape must not wait for a store that is away. */
const PING_TIMEOUT_MS = 1_000;

/** The metrics that are looked up when they are asked for. */
export function registerStateMetrics(
  registry: Registry,
  state: {
    store: Pick<Store, 'ping'>;
    reads: Pick<ReadQueue, 'size' | 'running'>;
    writes: Pick<InFlightBound, 'requests'>;
  },
): void {
  const { store, reads, writes } = state;
  const gauge = (name: string, help: string, value: () => number | Promise<number>): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        this.set(await value());
      },
    });
  };
  gauge(
    'atalaya_ingest_store_up',
    'Whether the store of measurements answers and takes writes (1) or not (0)',
    () =>
      store.ping({ timeoutMs: PING_TIMEOUT_MS }).then(
        () => 1,
        () => 0,
      ),
  );
  gauge('atalaya_ingest_writes_in_flight', 'Writes that are being worked on', () => writes.requests);
  gauge('atalaya_ingest_reads_in_flight', 'Reads that are being worked on', () => reads.running);
  gauge(
    'atalaya_ingest_reads_held',
    'Reads that wait, are being worked on, or whose answers are on their way',
    () => reads.size,
  );
  new Gauge({
    name: 'atalaya_ingest_build_info',
    help: 'The version of the ingest API and of Node.js; always 1',
    labelNames: ['version', 'node'],
    registers: [registry],
  }).set({ version: ownVersion(), node: process.versions.node }, 1);
}

function ownVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as {
    version: string;
  };
  return version;
}
