import { createClient, transports } from '@atalaya/coordination';
import { type RunningService, type ServiceContext, startHealthServer, within } from '@atalaya/service-kit';
import { LeftOutReporter } from './aggregation/left-out-reporter.js';
import { Complaints } from './complaints/complaints.js';
import { groupConfigs, handOverPath, type LeaderAggregatorConfig, staleAfterMs } from './config.js';
import { DeliveryQueue } from './delivery/delivery-queue.js';
import { HandOver } from './delivery/hand-over.js';
import { IngestClient } from './delivery/ingest-client.js';
import type { CandidateParts } from './leadership/candidate-parts.js';
import { handOverAtEnd, runCandidate } from './leadership/candidate.js';
import { EndNotices } from './leadership/end-notices.js';
import { LeadershipSpread } from './leadership/leadership-spread.js';
import { createLeaderMetrics } from './metrics.js';
import { HandledTicks } from './ticks/tick-clock.js';

/** A day of ticks of 5 s. */
const MAX_UNDELIVERED_TICKS = 17_280;

/** Bound of the undelivered reports' size; they are kept as text, one or two bytes a character. */
const MAX_UNDELIVERED_BYTES = 67_108_864;

const SEND_TIMEOUT_MS = 5_000;

/** How long a graceful end waits for the leadership to be given up; without ZooKeeper it cannot be. */
const GIVE_UP_LIMIT_MS = 3_000;

/**
 * Starts one candidate for the leadership of each group. Resolves at once, ZooKeeper and the ingest API there or not. `close()` finishes or
 * aborts the send under way, gives up leadership, hands over what is undelivered, then ends the session.
 */
export async function startLeaderAggregator(
  config: LeaderAggregatorConfig,
  context: ServiceContext,
): Promise<RunningService> {
  const { logger, health } = context;
  const ending = new AbortController();
  const [user, ...password] = config.ZOOKEEPER_AUTH?.split(':') ?? [];
  const client = createClient({
    hosts: config.ZOOKEEPER_HOSTS,
    sessionTimeoutMs: config.ZOOKEEPER_SESSION_TIMEOUT_MS,
    auth: user === undefined ? undefined : { user, password: password.join(':') },
    transport: transports[config.ZOOKEEPER_TRANSPORT],
    logger,
  });
  health.addReadinessCheck('zookeeper', () => {
    if (client.state !== 'connected') throw new Error(`the session is ${client.state}`);
  });

  const groups = groupConfigs(config);
  const spread =
    groups.length === 1
      ? undefined
      : new LeadershipSpread({
          id: config.INSTANCE_ID,
          elections: groups.map(({ ELECTION_PATH }) =>
            client.election(ELECTION_PATH, { id: config.INSTANCE_ID }),
          ),
          refreshMs: config.TICK_INTERVAL_MS / 2,
        });
  const handOvers = groups.map((group) => new HandOver(client, handOverPath(group), group.GROUP));
  const complaints = groups.map(() => new Complaints(logger));
  health.addReadinessCheck('ingest-api', () => {
    for (const each of complaints) {
      const problem = each.current('misconfigured') ?? each.current('refused');
      if (problem !== undefined) throw new Error(problem);
    }
  });
  const queues = groups.map(
    (_group, index) =>
      new DeliveryQueue({
        maxCount: MAX_UNDELIVERED_TICKS,
        maxBytes: MAX_UNDELIVERED_BYTES / groups.length,
        onDrop: ({ timestamp, handedOverIn }) => {
          metrics[index]?.ticksDropped.inc({ reason: 'queue-full' });
          complaints[index]?.raise(
            'queue-full',
            `too many undelivered ticks: the oldest are dropped, now that of ${timestamp}; bring the ingest API back`,
          );
          if (handedOverIn === undefined) return;
          void handOvers[index]?.discard(handedOverIn, ending.signal).catch(() => {});
        },
      }),
  );
  const metrics = createLeaderMetrics(
    context.metrics,
    config.GROUP,
    queues.map((queue) => () => ({ ticks: queue.size, bytes: queue.bytes })),
  );
  const ingest = new IngestClient({
    url: config.INGEST_URL,
    token: config.INGEST_TOKEN,
    timeoutMs: SEND_TIMEOUT_MS,
  });
  const endNotices = new EndNotices(ingest);
  const candidates = groups.map((group, index): CandidateParts => {
    const [queue, handOver, complaint, own] = [
      queues[index],
      handOvers[index],
      complaints[index],
      metrics[index],
    ];
    if (!queue || !handOver || !complaint || !own)
      throw new TypeError(`The group ${group.GROUP} lacks a part`);
    return {
      ...{ config: group, group: index, client, queue, handOver, ingest, endNotices, metrics: own, logger },
      handled: new HandledTicks(),
      leftOut: new LeftOutReporter(logger, staleAfterMs(group)),
      complaints: complaint,
      ...(spread === undefined ? {} : { spread }),
    };
  });
  const healthServer =
    config.HEALTH_PORT === undefined
      ? undefined
      : await startHealthServer({ port: config.HEALTH_PORT, health, metrics: context.metrics });

  for (const { GROUP, ELECTION_PATH, SENSORS_PATH } of groups) {
    logger.info(
      { instance: config.INSTANCE_ID, group: GROUP, election: ELECTION_PATH },
      `candidate ${config.INSTANCE_ID} for sending the mean of ${SENSORS_PATH} to ${config.INGEST_URL} every ` +
        `${config.TICK_INTERVAL_MS} ms`,
    );
  }
  const running = Promise.all(candidates.map((parts) => runCandidate(parts, ending.signal))).then(() => {});

  return {
    async close() {
      ending.abort(new Error('the process ends'));
      await within(GIVE_UP_LIMIT_MS, running, () => {});
      await Promise.all(candidates.map(handOverAtEnd));
      // The API may be slower to hear of an end than the next leader is to begin.
      await Promise.all([client.close(), healthServer?.close(), endNotices.settled()]);
    },
  };
}
