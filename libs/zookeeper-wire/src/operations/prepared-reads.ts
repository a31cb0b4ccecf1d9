import {
  type EncodedBody,
  type JuteReader,
  type NodeValue,
  ProtocolError,
  readValues,
} from '@atalaya/zookeeper-protocol';
import { type ExchangeSettings, type Reply } from '../connection/exchange.js';
import { serverError } from '../errors/server-error.js';
import { type Answer, type WireError } from '../errors/wire-error.js';

type Values = (NodeValue | WireError)[];

/** Sends encoded reads, and reads their answer as the settings tell. */
export type SendReads = (
  body: EncodedBody<'multiRead'>,
  settings: ExchangeSettings<Values>,
) => Promise<Reply<Values>>;

/** Reads of the data of many znodes, which were checked and encoded once and may be made again and again. */
export class PreparedReads {
  readonly #paths: readonly string[];
  readonly #body: EncodedBody<'multiRead'>;
  readonly #send: SendReads;

  /** @internal */
  constructor(paths: readonly string[], body: EncodedBody<'multiRead'>, send: SendReads) {
    this.#paths = paths;
    this.#body = body;
    this.#send = send;
  }

  /**
   * Makes them, in one request and of one moment, in the session that prepared them. Resolves with the value of each, in
   * the order of the paths, or the error of its read; data share memory with what arrived with them.
   */
  read(): Promise<Reply<Values>> {
    return this.#send(this.#body, { read: this.#values });
  }

  readonly #values = (reader: JuteReader, answer: Answer): Values => {
    const paths = this.#paths;
    const values = readValues(reader, (code, index) =>
      serverError(code, 'getData', { path: paths[index], answer }),
    );
    if (values.length === paths.length) return values;
    throw new ProtocolError('MALFORMED', `A reply to ${paths.length} reads has ${values.length} parts`);
  };
}
