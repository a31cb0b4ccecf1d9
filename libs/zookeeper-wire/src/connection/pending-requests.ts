import { type JuteReader, type Operation } from '@atalaya/zookeeper-protocol';
import { type Answer, type WireError } from '../errors/wire-error.js';

/** What waits for the answer to a request: one of the two is called, once. */
export interface Waiting {
  /**
   * Called as soon as the answer is there; throws where it cannot be read.
   *
   * @param error result code, 0 for success
   * @param reader stands at the body of the reply
   */
  answered(error: number, answer: Answer, reader: JuteReader): void;
  /** Called where no answer will come. */
  failed(reason: WireError): void;
}

/** A request that waits for its answer. */
export interface PendingRequest {
  readonly xid: number;
  readonly operation: Operation;
  readonly sentAtMs: number;
  readonly waiting: Waiting;
}

const LEAST_COMPACTED = 1_024;

/** Requests in the order in which they were sent, which is the order in which a server answers. */
export class PendingRequests {
  #requests: PendingRequest[] = [];
  #first = 0;

  get size(): number {
    return this.#requests.length - this.#first;
  }

  /** The one that is to be answered next. */
  get first(): PendingRequest | undefined {
    return this.#requests[this.#first];
  }

  push(request: PendingRequest): void {
    this.#requests.push(request);
  }

  shift(): PendingRequest | undefined {
    const request = this.#requests[this.#first];
    if (!request) return undefined;
    this.#first += 1;
    // An array's own `shift` would move all others each time.
    if (this.#first === this.#requests.length) {
      this.#requests = [];
      this.#first = 0;
    } else if (this.#first >= LEAST_COMPACTED && 2 * this.#first >= this.#requests.length) {
      this.#requests = this.#requests.slice(this.#first);
      this.#first = 0;
    }
    return request;
  }

  /** Takes them all out. */
  takeAll(): PendingRequest[] {
    const left = this.#requests.slice(this.#first);
    this.#requests = [];
    this.#first = 0;
    return left;
  }
}
