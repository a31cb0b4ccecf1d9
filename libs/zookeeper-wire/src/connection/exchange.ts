import {
  type EncodedBody,
  type JuteReader,
  type Operation,
  readReplyBody,
  type ReplyBody,
  type RequestBody,
} from '@atalaya/zookeeper-protocol';
import { serverError } from '../errors/server-error.js';
import { type Answer, WireError } from '../errors/wire-error.js';
import { type Waiting } from './pending-requests.js';
import { type ServerConnection } from './server-connection.js';

/** A value, with what is known of the answer that brought it. */
export interface Reply<T> extends Answer {
  readonly value: T;
}

/** How an exchange is written and read. */
export interface ExchangeSettings<T> {
  /** As the caller knows it, for errors. */
  readonly path?: string | undefined;
  /** Reads what a result code other than 0 may also mean; undefined for an error. */
  readonly otherwise?: ((error: number) => { readonly value: T } | undefined) | undefined;
  /** Reads the body of the reply; as that of the operation by default. */
  readonly read?: ((reader: JuteReader, answer: Answer) => T) | undefined;
  /** Called in the very order of replies and watch events. */
  readonly onAnswer?: ((error: number) => void) | undefined;
}

/** Sends a request and resolves with the body of its reply; rejects with a `WireError`. */
export function exchange<O extends Operation, T = ReplyBody<O>>(
  connection: ServerConnection,
  operation: O,
  body: RequestBody<O> | EncodedBody<O>,
  settings: ExchangeSettings<T> = {},
): Promise<Reply<T>> {
  return ask<T>(operation, settings, (waiting) => {
    connection.send(operation, body, waiting);
  });
}

/** As {@link exchange}, for requests that are answered beside the numbered ones. */
export function exchangeSpecial<O extends 'auth' | 'setWatches' | 'setWatches2'>(
  connection: ServerConnection,
  operation: O,
  body: RequestBody<O>,
): Promise<Reply<ReplyBody<O>>> {
  return ask<ReplyBody<O>>(operation, {}, (waiting) => {
    connection.sendSpecial(operation, body, waiting);
  });
}

function ask<T>(
  operation: Operation,
  {
    path,
    otherwise,
    read = (reader) => readReplyBody(reader, operation) as T,
    onAnswer,
  }: ExchangeSettings<T>,
  send: (waiting: Waiting) => void,
): Promise<Reply<T>> {
  return new Promise((resolve, reject) => {
    send({
      answered(error: number, answer: Answer, reader: JuteReader) {
        onAnswer?.(error);
        const other = error === 0 ? undefined : otherwise?.(error);
        if (error !== 0 && !other) {
          reject(serverError(error, operation, { path, answer }));
          return;
        }
        const value = other ? other.value : read(reader, answer);
        resolve({ value, ...answer });
      },
      failed(reason: WireError) {
        const about = path === undefined ? operation : `${operation} ${path}`;
        reject(new WireError(reason.code, `${about} failed: ${reason.message}`, { path, cause: reason }));
      },
    });
  });
}
