import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type TickReport, tickReportSchema } from '@atalaya/contracts';
import { type PortReservation, reserveFreePort } from '@atalaya/test-kit';

/** An answer that a test prescribes. */
export interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

/** One request, in the order of arrival. */
export interface Arrival {
  readonly report: TickReport;
  readonly authorization: string | undefined;
  readonly path: string;
  readonly status: number;
  readonly atMs: number;
}

/**
 * An HTTP server that takes tick reports as the ingest API does: the first of a tick is kept (201, then 200), one with a
 * token older than the newest of its ensemble is refused (409). Tests can prescribe answers, and stop and start it.
 */
export class HttpSink implements AsyncDisposable {
  readonly arrivals: Arrival[] = [];
  /** By tick: what was stored. */
  readonly stored = new Map<number, TickReport>();
  /** Prescribes answers; undefined for the ordinary one, `hang` for none at all. */
  prescribe: (report: TickReport) => Answer | 'hang' | undefined = () => undefined;
  readonly #newest = new Map<string, bigint>();
  #server: Server | undefined;
  #reservation: PortReservation | undefined;

  get url(): string {
    return `http://127.0.0.1:${this.#reservation?.port ?? 0}`;
  }

  /** Starts it, or starts it again on the port that it had. */
  async start(): Promise<this> {
    const { port } = (this.#reservation ??= await reserveFreePort());
    const server = createServer((request, response) => {
      void this.#take(request, response);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    this.#server = server;
    return this;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  }

  /** Stored ticks in order. */
  get ticks(): number[] {
    return [...this.stored.keys()].sort((one, other) => one - other);
  }

  /** Ids of the leaders that wrote, each once, in the order of their first write. */
  get leaders(): string[] {
    return [...new Set([...this.stored.values()].map(({ leader }) => leader ?? ''))];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    this.#reservation?.release();
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const parsed = tickReportSchema.safeParse(JSON.parse(Buffer.concat(chunks).toString()));
    if (!parsed.success) {
      response
        .writeHead(400)
        .end(JSON.stringify({ type: 'about:blank', title: parsed.error.message, status: 400 }));
      return;
    }
    const report = parsed.data;
    const answer = this.prescribe(report) ?? this.#store(report);
    const { authorization } = request.headers;
    const [status, path] = [answer === 'hang' ? 0 : answer.status, request.url ?? ''];
    this.arrivals.push({ report, authorization, path, status, atMs: Date.now() });
    if (answer === 'hang') return;
    const headers = { 'content-type': 'application/json', ...answer.headers };
    const { group, timestamp, value } = report;
    const body = answer.body ?? (answer.status < 300 ? { group, timestamp, value } : {});
    response.writeHead(answer.status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  }

  #store(report: TickReport): Answer {
    // As the API does, of each group by itself.
    const ensemble = `${report.group} ${report.ensemble ?? ''}`;
    const token = BigInt(report.token ?? 0);
    if (token < (this.#newest.get(ensemble) ?? 0n)) return { status: 409 };
    this.#newest.set(ensemble, token);
    if (this.stored.has(report.timestamp)) return { status: 200 };
    this.stored.set(report.timestamp, report);
    return { status: 201 };
  }
}
