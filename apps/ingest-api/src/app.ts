import { hostname } from 'node:os';
import rateLimit from '@fastify/rate-limit';
import { type HealthRegistry, type Logger } from '@atalaya/service-kit';
import { fastify, type FastifyBaseLogger, LogController } from 'fastify';
import { type ZodTypeProvider } from 'fastify-type-provider-zod';
import { type Registry } from 'prom-client';
import { AccessControl } from './access/access-control.js';
import { KeyRing } from './access/key-ring.js';
import { guardReads } from './access/read-guard.js';
import { registerSessionRoutes } from './access/session-routes.js';
import { type AuditLog, openAuditLog } from './audit/audit-log.js';
import { boundedAnomalySearch, registerAnomalyRoute } from './anomalies/anomaly-route.js';
import { admitReads } from './admission/admit-reads.js';
import { InFlightBound, MAX_WRITES_IN_FLIGHT } from './admission/in-flight-bound.js';
import { IncomingBodies, MAX_BODY_BYTES } from './admission/incoming-bodies.js';
import { type LateBodyOptions, readLateBodies } from './admission/late-bodies.js';
import { ReadQueue } from './admission/read-queue.js';
import { Refusals } from './admission/refusals.js';
import { createWriteGuard } from './admission/write-guard.js';
import { type App } from './app-types.js';
import { registerChartRoute } from './chart/chart-route.js';
import {
  answerError,
  answerMalformedRequest,
  answerNotFound,
  answerUnknownPathsEarly,
} from './errors/error-handling.js';
import { MethodRegister } from './errors/method-not-allowed.js';
import { validateRequestPart } from './errors/request-validation.js';
import { registerGroupRoutes } from './groups/group-routes.js';
import { registerBatchRoute } from './measurements/batch-route.js';
import { registerMeasurementRoutes } from './measurements/measurement-routes.js';
import { compressReads } from './operations/compression.js';
import { endInOrder } from './operations/end-in-order.js';
import { createIngestMetrics, measureRequests } from './operations/ingest-metrics.js';
import { collectOpenApi, registerDocs } from './operations/openapi.js';
import { registerStateMetrics } from './operations/state-metrics.js';
import { registerProbeRoutes } from './operations/probe-routes.js';
import { callWhenClosed } from './operations/when-closed.js';
import { registerOverviewRoute } from './overview/overview-route.js';
import { registerFormRoutes } from './pages/form-routes.js';
import { pageContextOf } from './pages/page-context.js';
import { registerPageRoutes } from './pages/page-routes.js';
import { problemPage } from './pages/problem-page.js';
import { registerDetectarRoute } from './reference/detectar-route.js';
import { registerRepairRoute } from './repair/repair-route.js';
import { answerOwnHostsOnly, OwnHosts } from './security/own-hosts.js';
import { PageSessions } from './security/page-session.js';
import { sendSecurityHeaders } from './security/security-headers.js';
import { registerSensorRoutes } from './sensors/sensor-routes.js';
import { registerStatusRoute } from './status/status-route.js';
import { type Store } from './store/store-port.js';
import { StreamHub, type StreamHubOptions } from './stream/stream-hub.js';
import { registerStreamRoute } from './stream/stream-route.js';
import { registerTermRoutes } from './terms/term-routes.js';
import { registerExportRoute } from './transfer/export-route.js';
import { registerImportRoute } from './transfer/import-route.js';

/** What the app is built on. */
export interface AppDependencies {
  store: Store;
  logger: Logger;
  /** Gets the readiness check `store`. */
  health: HealthRegistry;
  metrics: Registry;
  /** Gets who cleared, wrote by hand, and was refused; the log of the process by default. */
  audit?: AuditLog;
}

export interface AppOptions {
  /** Token that writes need; without one anybody may write. */
  ingestToken?: string | undefined;
  /** The keys that are good, with the token among them; the token alone by default. */
  keys?: KeyRing;
  /** Whether everybody may read; true by default. */
  anonymousReads?: boolean;
  /** See {@link PageSessions}. */
  sessionSecret?: string | undefined;
  /** Writes of one client address in a minute; 0 for no limit. */
  writeRateLimitPerMinute: number;
  /** Further host names of this server; see {@link OwnHosts}. */
  allowedHosts?: readonly string[] | undefined;
  /** Proxies that are believed, as IP addresses or networks, comma-separated. */
  trustedProxies?: string | undefined;
  /** Name shown on the pages; that of this machine by default. */
  hostName?: string;
  /** Bounds of the event stream. */
  stream?: StreamHubOptions;
  /** Most writes under way together. */
  maxWritesInFlight?: number;
  /** Most bytes of bodies that are held together. */
  maxBodyBytes?: number;
  /** Most connections at a time; no bound by default. */
  maxConnections?: number | undefined;
  /** Time for a request to arrive, in ms. */
  requestTimeoutMs?: number;
  /** Bounds of what is read of a body after its request was answered. */
  lateBodies?: LateBodyOptions;
  /** Time for a client to take the answer to a read, in ms. */
  takeTimeoutMs?: number;
}

/** A request has to arrive within this time, so that slow senders do not hold connections for long. */
const REQUEST_TIMEOUT_MS = 30_000;

/** Its head has to arrive sooner. */
const HEAD_TIMEOUT_MS = 10_000;

/** How often Node looks for requests that are late: they are ended this much later at most. */
const LATE_CHECK_INTERVAL_MS = 1_000;

/** Below the time that the health registry gives a check, so that the reason is the store's. */
const PING_TIMEOUT_MS = 1_500;

/** A sensor's id has up to 128 characters, each of up to 12 in a path. */
const MAX_PARAM_LENGTH = 128 * 12;

/**
 * Builds the app with all its routes, ready to `listen` or `inject`. `close()` ends the event streams at once, lets
 * the requests under way finish and takes no new ones; the store is the caller's to close afterwards.
 */
export async function buildApp(dependencies: AppDependencies, options: AppOptions): Promise<App> {
  const { store, logger, health, metrics: registry } = dependencies;
  const { ingestToken, writeRateLimitPerMinute, trustedProxies, hostName = hostname() } = options;
  const { requestTimeoutMs = REQUEST_TIMEOUT_MS } = options;
  const hosts = new OwnHosts(options.allowedHosts);
  const refusals = new Refusals(registry, logger);

  // Typed as what Fastify needs of it, or the whole app would be typed by pino's logger.
  const loggerInstance: FastifyBaseLogger = logger;
  const app: App = fastify({
    loggerInstance,
    // Requests are counted and timed in the metrics; the log is for what somebody has to know.
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: trustedProxies ?? false,
    requestTimeout: requestTimeoutMs,
    http: {
      headersTimeout: Math.min(HEAD_TIMEOUT_MS, requestTimeoutMs),
      // Answered as a problem.
      requireHostHeader: false,
      connectionsCheckingInterval: Math.min(LATE_CHECK_INTERVAL_MS, requestTimeoutMs),
    },
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    frameworkErrors: (error, request, reply) => {
      answerError(error, request, reply);
    },
    clientErrorHandler: (error, socket) => {
      if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') refusals.count('timeout', socket.remoteAddress);
      answerMalformedRequest(error, socket);
    },
    // A sensor can be named `__proto__`; its value is left out, and not the whole report.
    onProtoPoisoning: 'remove',
    onConstructorPoisoning: 'remove',
    // Answered below, as a problem.
    return503OnClosing: false,
  }).withTypeProvider<ZodTypeProvider>();

  if (options.maxConnections !== undefined) app.server.maxConnections = options.maxConnections;
  app.server.on('drop', (connection?: { remoteAddress?: string }) => {
    refusals.count('connections', connection?.remoteAddress);
  });

  app.setValidatorCompiler(validateRequestPart);
  // Answers are typed at compile time; checking them again for every request would cost more than making them.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.setErrorHandler(answerError);
  app.setNotFoundHandler(answerNotFound);
  app.removeContentTypeParser('text/plain');

  const metrics = createIngestMetrics(registry);
  measureRequests(app, registry);
  callWhenClosed(app);
  const hub = new StreamHub(store, metrics, options.stream);
  endInOrder(app, hub);
  readLateBodies(app, options.lateBodies);

  await sendSecurityHeaders(app);
  answerOwnHostsOnly(app, hosts, refusals);
  answerUnknownPathsEarly(app, (problem, request) =>
    problemPage(pageContextOf(request, hostName), problem, '/', false),
  );
  await compressReads(app, hosts);
  await app.register(rateLimit, { global: false });
  await collectOpenApi(app);
  const keys = options.keys ?? new KeyRing(ingestToken);
  const { anonymousReads = true, sessionSecret } = options;
  const audit = dependencies.audit ?? openAuditLog(undefined, logger);
  const access = new AccessControl(app, { keys, anonymousReads, refusals, audit });
  const sessions = await PageSessions.register(app, { keys, access, ingestToken, sessionSecret });
  guardReads(app, access, sessions);
  const reads = new ReadQueue();
  admitReads(app, { reads, refusals, takeTimeoutMs: options.takeTimeoutMs });
  const places = new InFlightBound({ maxRequests: options.maxWritesInFlight ?? MAX_WRITES_IN_FLIGHT });
  registerStateMetrics(registry, { store, reads, writes: places });
  const guard = createWriteGuard(app, {
    access,
    rateLimitPerMinute: writeRateLimitPerMinute,
    places,
    bodies: new IncomingBodies({ maxBytes: options.maxBodyBytes ?? MAX_BODY_BYTES }),
    refusals,
    hosts,
  });
  const search = boundedAnomalySearch(store);
  health.addReadinessCheck('store', () => store.ping({ timeoutMs: PING_TIMEOUT_MS }));

  const methods = new MethodRegister(app);
  registerMeasurementRoutes(app, { store, guard, metrics, audit });
  registerBatchRoute(app, { store, guard, metrics });
  registerRepairRoute(app, { store, guard, audit });
  registerSensorRoutes(app, { store });
  registerAnomalyRoute(app, { search });
  registerStatusRoute(app, { store });
  registerTermRoutes(app, { store, guard });
  registerGroupRoutes(app, { store });
  registerExportRoute(app, { store });
  registerImportRoute(app, { store, guard, audit });
  registerChartRoute(app, { store });
  registerOverviewRoute(app, { store });
  registerStreamRoute(app, { hub, refusals });
  registerDetectarRoute(app, { store, guard, audit });
  registerProbeRoutes(app, { health, metrics: registry });
  await registerPageRoutes(app, { store, sessions, search, hostName });
  await registerFormRoutes(app, { store, sessions, guard, audit, hostName });
  await registerSessionRoutes(app, { sessions, access, guard, audit, hostName });
  methods.close();
  await registerDocs(app);
  await app.ready();
  return app;
}
