import { STATUS_CODES } from 'node:http';
import { type Problem, PROBLEM_TYPE_PREFIX } from '@atalaya/contracts';

/** A field of a request that is not valid. */
export interface FieldError {
  /** Where it is: `body`, `querystring`, `params` or `headers`. */
  in: string;
  /** Path of the field, as a JSON pointer; empty for the whole part. */
  pointer: string;
  detail: string;
}

export interface HttpProblemOptions {
  status: number;
  detail: string;
  /** Last part of the problem's type URI, for problems that a program tells apart by more than their status. */
  type?: string;
  /** Members added to the body. */
  extensions?: Readonly<Record<string, unknown>>;
  headers?: Readonly<Record<string, string>>;
}

/** An error answer: thrown by a handler, sent as `application/problem+json` (RFC 9457). */
export class HttpProblem extends Error {
  readonly code = 'HTTP_PROBLEM';
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly #options: HttpProblemOptions;

  constructor(options: HttpProblemOptions) {
    super(options.detail);
    this.name = 'HttpProblem';
    this.statusCode = options.status;
    this.headers = options.headers ?? {};
    this.#options = options;
  }

  /** Last part of the problem's type URI, where it has one. */
  get type(): string | undefined {
    return this.#options.type;
  }

  body(): Problem {
    const { status, detail, type, extensions } = this.#options;
    return {
      type: type === undefined ? 'about:blank' : `${PROBLEM_TYPE_PREFIX}${type}`,
      title: STATUS_CODES[status] ?? 'Error',
      status,
      detail,
      ...extensions,
    };
  }
}

/** 400 for a request whose fields are not valid. */
export function invalidRequest(errors: readonly FieldError[], total = errors.length): HttpProblem {
  const [first] = errors;
  const place = first === undefined ? '' : `${first.pointer === '' ? first.in : first.pointer}: `;
  const more = total > 1 ? ` (and ${total - 1} more)` : '';
  return new HttpProblem({
    status: 400,
    type: 'invalid-request',
    detail: `${place}${first?.detail ?? 'the request is not valid'}${more}`,
    extensions: { errors },
  });
}

/** 503: what the request needs is away; nothing of it is acknowledged. */
export function unavailable(
  detail: string,
  options: Pick<HttpProblemOptions, 'extensions'> & { retryAfterSeconds?: number } = {},
): HttpProblem {
  const { extensions = {}, retryAfterSeconds = 2 } = options;
  return new HttpProblem({
    status: 503,
    type: 'unavailable',
    detail,
    extensions,
    headers: { 'retry-after': String(retryAfterSeconds) },
  });
}

/** 429: the client, or all of them together, send more than is taken. */
export function tooManyRequests(detail: string, retryAfterSeconds = 1): HttpProblem {
  return new HttpProblem({
    status: 429,
    type: 'too-many-requests',
    detail,
    headers: { 'retry-after': String(retryAfterSeconds) },
  });
}
