import { checkData } from '../arguments/arguments.js';
import { bytesCodec, decimalCodec, textCodec, type Codec } from '../codec/codec.js';
import type { Disposer } from '../waiting/disposer.js';
import type { WaitOptions } from '../waiting/wait-options.js';
import { CoordinationError } from '../errors/coordination-error.js';
import type { KeptNode } from './kept-node.js';
import type { Registration, RegistrationState } from './registration.js';

/** A kept znode, with values in place of bytes. */
export class CodedRegistration<T> implements Registration<T> {
  readonly id: string;
  readonly #node: KeptNode;
  readonly #codec: Codec<T>;

  constructor(id: string, node: KeptNode, codec: Codec<T>) {
    this.id = id;
    this.#node = node;
    this.#codec = codec;
  }

  get path(): string {
    return this.#node.path;
  }

  get state(): RegistrationState {
    return this.#node.state;
  }

  on(_event: 'state', listener: (state: RegistrationState) => void): Disposer {
    return this.#node.onState(listener);
  }

  async set(value: T, options?: WaitOptions): Promise<void> {
    await this.#node.set(checkData(this.#codec.encode(value), this.path), options);
  }

  close(): Promise<void> {
    return this.#node.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** The codec of values that need none: text, numbers as decimal text, bytes. */
export function defaultCodec<T>(value: T): Codec<T> {
  const codec: unknown = Buffer.isBuffer(value)
    ? bytesCodec
    : typeof value === 'string'
      ? textCodec
      : typeof value === 'number'
        ? decimalCodec
        : undefined;
  if (codec === undefined) {
    throw new CoordinationError(
      'INVALID_ARGUMENT',
      'Without a codec the value of a registration is a string, a number or a Buffer: pass a codec for others',
    );
  }
  return codec as Codec<T>;
}
