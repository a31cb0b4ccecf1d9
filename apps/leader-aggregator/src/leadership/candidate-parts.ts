import type { Client } from '@atalaya/coordination';
import type { Logger } from '@atalaya/service-kit';
import type { LeftOutReporter } from '../aggregation/left-out-reporter.js';
import type { Complaints } from '../complaints/complaints.js';
import type { GroupConfig } from '../config.js';
import type { DeliveryQueue } from '../delivery/delivery-queue.js';
import type { HandOver } from '../delivery/hand-over.js';
import type { IngestClient } from '../delivery/ingest-client.js';
import type { LeaderMetrics } from '../metrics.js';
import type { HandledTicks } from '../ticks/tick-clock.js';
import type { EndNotices } from './end-notices.js';
import type { LeadershipSpread } from './leadership-spread.js';

/** What outlives the terms of a candidate. */
export interface CandidateParts {
  readonly config: GroupConfig;
  readonly client: Client;
  readonly handled: HandledTicks;
  readonly queue: DeliveryQueue;
  readonly handOver: HandOver;
  readonly ingest: IngestClient;
  readonly endNotices: EndNotices;
  readonly leftOut: LeftOutReporter;
  readonly complaints: Complaints;
  readonly metrics: LeaderMetrics;
  readonly logger: Logger;
  /** Index of the group among those of this process. */
  readonly group: number;
  /** Of the groups of this process; left out where there is one. */
  readonly spread?: LeadershipSpread;
}
