import { STATUS_CODES } from 'node:http';
import { type Socket } from 'node:net';
import { TIMESTAMP_AHEAD_PROBLEM } from '@atalaya/contracts';
import {
  LimitReachedError,
  MeasurementStoreError,
  StoreUnavailableError,
  TimestampAheadError,
} from '@atalaya/measurement-store';
import { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { HttpProblem, unavailable } from './http-problem.js';

export const PROBLEM_CONTENT_TYPE = 'application/problem+json; charset=utf-8';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answers a problem as a page, for clients that ask for HTML. */
    renderProblem?: (problem: HttpProblem, request: FastifyRequest, reply: FastifyReply) => string;
  }
}

/** Turns whatever a request threw into the problem to answer; details of unforeseen errors stay in the log. */
export function problemOf(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof StoreUnavailableError) return storeUnavailable(error);
  if (error instanceof TimestampAheadError) {
    const { timestamp, serverTimeMs, maxAheadMs, message } = error;
    return new HttpProblem({
      status: 400,
      type: TIMESTAMP_AHEAD_PROBLEM,
      detail: message,
      extensions: { timestamp, serverTimeMs, maxAheadMs },
    });
  }
  if (error instanceof LimitReachedError) {
    const { of, limit, message } = error;
    // To 413 a leader answers by sending the mean without its sensors.
    return new HttpProblem({
      status: of === 'sensors' ? 413 : 422,
      type: `too-many-${of}`,
      detail: message,
      extensions: { limit },
    });
  }
  if (error instanceof MeasurementStoreError) {
    return new HttpProblem({ status: 400, type: 'refused-by-store', detail: error.message });
  }
  const { statusCode, message } = error as Partial<FastifyError>;
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new HttpProblem({ status: statusCode, detail: message ?? 'The request is not valid.' });
  }
  return new HttpProblem({ status: 500, detail: 'An unforeseen error; it is in the log of the server.' });
}

/** 503 with what is wrong with the store and its code; what the server answered stays in the log. */
export function storeUnavailable({ code, summary }: StoreUnavailableError): HttpProblem {
  return unavailable(
    summary === undefined
      ? 'The store of measurements is not available; nothing was acknowledged. Try again later.'
      : `The store of measurements refuses to serve, and nothing was acknowledged. ${summary}`,
    { extensions: { code } },
  );
}

/** The error handler of the app. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOf(error);
  if (problem.statusCode === 500) {
    request.log.error(
      { err: error, method: request.method, route: request.routeOptions.url },
      'a request failed',
    );
  }
  return sendProblem(problem, request, reply);
}

export function answerNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendProblem(notFound(request), request, reply);
}

/**
 * A path that is not there is answered before a body is read: what it contains does not matter. A browser gets a page,
 * rendered by `renderProblem`.
 */
export function answerUnknownPathsEarly(
  app: FastifyInstance,
  renderProblem: (problem: HttpProblem, request: FastifyRequest) => string,
): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (!request.is404) done();
    else if (request.method === 'GET' && wantsHtml(request)) {
      const page = renderProblem(notFound(request), request);
      void reply.code(404).header('cache-control', 'no-store').type('text/html; charset=utf-8').send(page);
    } else answerNotFound(request, reply);
  });
}

function notFound(request: FastifyRequest): HttpProblem {
  const path = request.url.split('?')[0]?.slice(0, 200) ?? '';
  return new HttpProblem({ status: 404, detail: `There is nothing at ${path}.` });
}

function wantsHtml(request: FastifyRequest): boolean {
  return request.headers.accept?.includes('text/html') === true;
}

function sendProblem(problem: HttpProblem, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  void reply.code(problem.statusCode).headers(problem.headers).header('cache-control', 'no-store');
  const { renderProblem } = request.routeOptions.config;
  if (renderProblem !== undefined && wantsHtml(request)) {
    return reply.type('text/html; charset=utf-8').send(renderProblem(problem, request, reply));
  }
  return reply.type(PROBLEM_CONTENT_TYPE).send(JSON.stringify(problem.body()));
}

/** Node's parser refused what a client sent before it was a request. */
export function answerMalformedRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = MALFORMED_STATUS[error.code ?? ''] ?? 400;
  const title = STATUS_CODES[status] ?? 'Bad Request';
  const body = JSON.stringify({
    type: 'about:blank',
    title,
    status,
    detail: 'This is not a valid HTTP request.',
  });
  socket.write(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: ${PROBLEM_CONTENT_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `Connection: close\r\n\r\n${body}`,
  );
  // Not `end`: a client that does not end its side would keep the connection.
  socket.destroySoon();
}

const MALFORMED_STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};
