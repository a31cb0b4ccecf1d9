import {
  PROBLEM_TYPE_PREFIX,
  problemSchema,
  storedMeasurementSchema,
  type TermEndNotice,
  TIMESTAMP_AHEAD_PROBLEM,
} from '@atalaya/contracts';
import { messageOf } from '@atalaya/service-kit';
import { got, type Response } from 'got';
import { parseRetryAfter } from './retry-after.js';

/** Every answer of the API is much shorter; what answers more is something else. */
const MAX_ANSWER_BYTES = 256 * 1024;

/** What became of a report that was sent. */
export type SendOutcome =
  /** Stored now, or stored before under the same tick. */
  | { readonly kind: 'stored' | 'duplicate' }
  /** A newer leader has written: the sender's term is over. */
  | { readonly kind: 'superseded'; readonly reason: string }
  /** This report will never be accepted. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Its timestamp is ahead of the API's clock: it can be accepted later, should that clock be the wrong one. */
  | { readonly kind: 'ahead'; readonly reason: string }
  /** Too large for the API as it is. */
  | { readonly kind: 'too-large'; readonly reason: string }
  /** No report will be accepted until a setting is changed, here or at the API. */
  | { readonly kind: 'misconfigured'; readonly reason: string; readonly advice: string }
  /** Not reached, overloaded, or without its store: the same report can be sent again. */
  | {
      readonly kind: 'unavailable';
      readonly reason: string;
      /** What its store refuses for, where the API says so. */
      readonly code?: string | undefined;
      readonly retryAfterMs: number | undefined;
    };

/** Time that a report is given for each KiB of it, and at most, beyond that of the smallest. */
const EXTRA_MS_PER_KIB = 100;
const MAX_EXTRA_MS = 60_000;

/** Sends reports to the ingest API, one attempt per call. */
export class IngestClient {
  readonly #url: string;
  readonly #termsUrl: string;
  readonly #headers: Record<string, string>;
  readonly #timeoutMs: number;

  constructor(options: { url: string; token: string | undefined; timeoutMs: number }) {
    this.#url = `${options.url}/api/v1/measurements`;
    this.#termsUrl = `${options.url}/api/v1/terms`;
    this.#headers = { 'content-type': 'application/json', accept: 'application/json' };
    if (options.token !== undefined) this.#headers.authorization = `Bearer ${options.token}`;
    this.#timeoutMs = options.timeoutMs;
  }

  /** Says how a term ended, in one attempt; resolves with whether the API has taken it, and never rejects. */
  async noteTermEnd(notice: TermEndNotice, signal: AbortSignal): Promise<boolean> {
    try {
      const response = await got.post(this.#termsUrl, {
        body: JSON.stringify(notice),
        headers: this.#headers,
        signal,
        timeout: { connect: Math.min(2_000, this.#timeoutMs), request: this.#timeoutMs },
        retry: { limit: 0 },
        throwHttpErrors: false,
        followRedirect: false,
      });
      // What is refused as it is will be refused again.
      return response.statusCode < 500 && response.statusCode !== 429;
    } catch {
      return false;
    }
  }

  /** Sends a report given as JSON text. Rejects with the signal's reason, and never otherwise. */
  async send(report: string, signal: AbortSignal): Promise<SendOutcome> {
    signal.throwIfAborted();
    try {
      const tooLong = new AbortController();
      const answer = got.post(this.#url, {
        body: report,
        headers: this.#headers,
        signal: AbortSignal.any([signal, tooLong.signal]),
        timeout: { connect: Math.min(2_000, this.#timeoutMs), request: this.#timeoutMs + extraMs(report) },
        // Retries are the queue's affair, which knows whether the term still lasts.
        retry: { limit: 0 },
        throwHttpErrors: false,
        followRedirect: false,
      });
      void answer.on('downloadProgress', ({ transferred }) => {
        if (transferred > MAX_ANSWER_BYTES) tooLong.abort();
      });
      try {
        return outcomeOf(await answer, this.#url);
      } catch (error) {
        if (!tooLong.signal.aborted) throw error;
        return notTheApi(`an answer of more than ${MAX_ANSWER_BYTES} bytes`, this.#url);
      }
    } catch (error) {
      signal.throwIfAborted();
      return { kind: 'unavailable', reason: messageOf(error), retryAfterMs: undefined };
    }
  }
}

/** A large report is given the time that storing it may take, lest it is begun anew again and again. */
function extraMs(report: string): number {
  return Math.min(MAX_EXTRA_MS, Math.floor(report.length / 1_024) * EXTRA_MS_PER_KIB);
}

function outcomeOf(response: Response<string>, url: string): SendOutcome {
  const status = response.statusCode;
  if (status === 200 || status === 201) {
    if (!saysStored(response.body)) return notTheApi(`${status} without the value that is stored`, url);
    return { kind: status === 200 ? 'duplicate' : 'stored' };
  }
  const { detail, code, type } = problemIn(response.body);
  const reason = `${status} ${detail}`.trim();
  if (status === 429 || status >= 500) {
    const retryAfterMs = parseRetryAfter(response.headers['retry-after'], Date.now());
    return { kind: 'unavailable', reason, code, retryAfterMs };
  }
  switch (status) {
    case 409:
      return { kind: 'superseded', reason };
    case 408:
      return { kind: 'unavailable', reason, retryAfterMs: undefined };
    case 413:
      return { kind: 'too-large', reason };
    case 400:
    case 422: {
      const isAhead = type === `${PROBLEM_TYPE_PREFIX}${TIMESTAMP_AHEAD_PROBLEM}`;
      return { kind: isAhead ? 'ahead' : 'refused', reason };
    }
    case 401:
    case 403:
      return {
        kind: 'misconfigured',
        reason,
        advice: 'set INGEST_TOKEN (or INGEST_TOKEN_FILE) to the token that the ingest API was started with',
      };
    default:
      return notTheApi(reason, url);
  }
}

/** Whether an answer says in the API's own form what is stored: any server can answer 200. */
function saysStored(body: string): boolean {
  try {
    return storedMeasurementSchema.safeParse(JSON.parse(body)).success;
  } catch {
    return false;
  }
}

function notTheApi(reason: string, url: string): SendOutcome {
  return {
    kind: 'misconfigured',
    reason,
    advice: `no ingest API answers at ${url}: set INGEST_URL to the one that does`,
  };
}

/** What a problem document says, its type, and its code where it has one; nothing where the body is none. */
function problemIn(body: string): { detail: string; code?: string; type?: string } {
  try {
    const { title, detail, code, type } = problemSchema.parse(JSON.parse(body));
    return {
      type,
      detail: detail === undefined ? title : `${title}: ${detail}`,
      ...(typeof code === 'string' ? { code } : {}),
    };
  } catch {
    return { detail: '' };
  }
}
