import { isHttpRequest } from './http-request.js';

/** What a client may send at most; beyond it the connection ends with a protocol error, as on Redis. */
export interface RequestLimits {
  maxInlineBytes: number;
  maxArguments: number;
  maxBulkBytes: number;
  maxRequestBytes: number;
}

export const DEFAULT_REQUEST_LIMITS: RequestLimits = {
  maxInlineBytes: 64 * 1024,
  maxArguments: 1024 * 1024,
  maxBulkBytes: 16 * 1024 * 1024,
  maxRequestBytes: 64 * 1024 * 1024,
};

/** The bytes cannot be a request; the text is what Redis answers before it closes the connection. */
export class RequestProtocolError extends Error {
  override readonly name = 'RequestProtocolError';
  readonly code: string = 'PROTOCOL';
}

/** The bytes are an HTTP request; the connection ends without an answer. */
export class HttpRequestError extends RequestProtocolError {
  override readonly code = 'HTTP_REQUEST';
}

/** What a client may send before it has authenticated, as on Redis: enough for AUTH and HELLO. */
const UNAUTHENTICATED_LIMITS = { maxArguments: 10, maxBulkBytes: 16 * 1024 };

const ASTERISK = 0x2a;
const DOLLAR = 0x24;
const CR = 0x0d;
const LF = 0x0a;
const EMPTY = Buffer.alloc(0);
const LENGTH = /^(?:0|-?[1-9][0-9]{0,18})$/;

/**
 * Cuts a byte stream into requests (arrays of arguments, or inline commands), however it is split into packets.
 * Arguments are latin1 strings: one character per byte. Holds at most `maxRequestBytes` of an unfinished request.
 */
export class RequestParser {
  #buffer: Buffer = EMPTY;
  #position = 0;
  #pending = -1;
  #pendingLength = -1;
  #arguments: string[] = [];
  #argumentBytes = 0;
  /** More bytes are needed before the next attempt can get further: keeps a long bulk from being rescanned. */
  #neededBytes = 0;
  #arrived: Buffer[] = [];
  #arrivedBytes = 0;
  /** Whether the client has authenticated; until then it may send little. */
  isAuthenticated = true;

  constructor(readonly limits: RequestLimits = DEFAULT_REQUEST_LIMITS) {}

  /** Adds bytes; the finished requests are taken with `next`. */
  push(bytes: Buffer): void {
    this.#arrived.push(bytes);
    this.#arrivedBytes += bytes.length;
  }

  /**
   * The next finished request, or undefined when more bytes are needed. Empty lines and empty arrays are skipped.
   * @throws RequestProtocolError, HttpRequestError
   */
  next(): string[] | undefined {
    for (;;) {
      if (!this.#join()) return undefined;
      this.#neededBytes = 0;
      if (this.#pending < 0) {
        if (this.#position >= this.#buffer.length) return undefined;
        const inline = this.#buffer[this.#position] !== ASTERISK;
        const started = inline ? this.#inline() : this.#multiBulkHeader();
        if (started === undefined) return undefined;
        if (started.length > 0) return refuseHttp(started, inline);
        if (this.#pending < 0) continue;
      }
      const args = this.#multiBulk();
      return args && refuseHttp(args, false);
    }
  }

  /** Joins what arrived, once it is enough to go on. */
  #join(): boolean {
    const rest = this.#buffer.length - this.#position;
    if (rest + this.#arrivedBytes < this.#neededBytes) return false;
    if (this.#arrivedBytes > 0) {
      const [first = EMPTY] = this.#arrived;
      const isWhole = rest === 0 && this.#arrived.length === 1;
      this.#buffer = isWhole
        ? first
        : Buffer.concat([this.#buffer.subarray(this.#position), ...this.#arrived]);
      this.#position = 0;
      this.#arrived = [];
      this.#arrivedBytes = 0;
    }
    return true;
  }

  #inline(): string[] | undefined {
    const line = this.#line('too big inline request');
    return line === undefined ? undefined : splitInline(line);
  }

  /** Starts an array; answers an empty list, also when it has no elements. */
  #multiBulkHeader(): string[] | undefined {
    const line = this.#line('too big mbulk count string');
    if (line === undefined) return undefined;
    const text = line.slice(1);
    const count = LENGTH.test(text) ? Number(text) : NaN;
    if (!(count <= this.limits.maxArguments)) throw new RequestProtocolError('invalid multibulk length');
    if (!this.isAuthenticated && count > UNAUTHENTICATED_LIMITS.maxArguments) {
      throw new RequestProtocolError('unauthenticated multibulk length');
    }
    if (count > 0) {
      this.#pending = count;
      this.#arguments = [];
      this.#argumentBytes = 0;
    }
    return [];
  }

  #multiBulk(): string[] | undefined {
    while (this.#pending > 0) {
      if (this.#pendingLength < 0 && !this.#bulkHeader()) return undefined;
      const length = this.#pendingLength;
      if (this.#buffer.length - this.#position < length + 2) {
        this.#neededBytes = length + 2;
        return undefined;
      }
      this.#arguments.push(this.#buffer.toString('latin1', this.#position, this.#position + length));
      this.#position += length + 2;
      this.#pendingLength = -1;
      this.#pending--;
    }
    this.#pending = -1;
    return this.#arguments;
  }

  #bulkHeader(): boolean {
    if (this.#position >= this.#buffer.length) return false;
    if (this.#buffer[this.#position] !== DOLLAR) {
      const got = String.fromCharCode(this.#buffer[this.#position] ?? 0);
      throw new RequestProtocolError(`expected '$', got '${/[ -~]/.test(got) ? got : '?'}'`);
    }
    const line = this.#line('too big bulk count string');
    if (line === undefined) return false;
    const text = line.slice(1);
    const length = LENGTH.test(text) ? Number(text) : -1;
    if (length < 0 || length > this.limits.maxBulkBytes)
      throw new RequestProtocolError('invalid bulk length');
    if (!this.isAuthenticated && length > UNAUTHENTICATED_LIMITS.maxBulkBytes) {
      throw new RequestProtocolError('unauthenticated bulk length');
    }
    this.#argumentBytes += length;
    if (this.#argumentBytes > this.limits.maxRequestBytes)
      throw new RequestProtocolError('request too large');
    this.#pendingLength = length;
    return true;
  }

  /** The next line without its end, or undefined while it is unfinished. */
  #line(tooLong: string): string | undefined {
    const end = this.#buffer.indexOf(LF, this.#position);
    const length = (end < 0 ? this.#buffer.length : end) - this.#position;
    if (length > this.limits.maxInlineBytes) throw new RequestProtocolError(tooLong);
    if (end < 0) return undefined;
    const stop = end > this.#position && this.#buffer[end - 1] === CR ? end - 1 : end;
    const line = this.#buffer.toString('latin1', this.#position, stop);
    this.#position = end + 1;
    return line;
  }
}

function refuseHttp(args: string[], isLine: boolean): string[] {
  if (isHttpRequest(args, isLine)) throw new HttpRequestError('an HTTP request');
  return args;
}

/** Arguments of an inline command: separated by spaces, quoted like a C string ("\x00" included) or with '...'. */
function splitInline(line: string): string[] {
  const found: string[] = [];
  let rest = line.trimStart();
  while (rest !== '') {
    const match = /^"((?:[^"\\]|\\.)*)"(?=\s|$)|^'((?:[^'\\]|\\.)*)'(?=\s|$)|^([^\s"']+)(?=\s|$)/s.exec(rest);
    if (!match) throw new RequestProtocolError('unbalanced quotes in request');
    const [whole, double, single, plain = ''] = match;
    if (double !== undefined) found.push(unescapeDouble(double));
    else found.push(single === undefined ? plain : single.replaceAll("\\'", "'"));
    rest = rest.slice(whole.length).trimStart();
  }
  return found;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\u0007' };

function unescapeDouble(text: string): string {
  return text.replace(
    /\\(?:x([0-9a-fA-F]{2})|(.))/gs,
    (_whole, hex: string | undefined, character: string) =>
      hex === undefined ? (ESCAPES[character] ?? character) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
