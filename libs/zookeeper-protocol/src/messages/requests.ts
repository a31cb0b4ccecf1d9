import { type Operation, OPERATION_CODES, operationName } from '../codes/operations.js';
import { ProtocolError } from '../errors.js';
import { JuteReader } from '../jute/jute-reader.js';
import { JuteWriter } from '../jute/jute-writer.js';
import { type Codec } from './codec.js';
import { type RequestBody, requestBodies } from './request-bodies.js';

/** A request with its body. */
export type Request = {
  [O in Operation]: { readonly xid: number; readonly operation: O; readonly body: RequestBody<O> };
}[Operation];

/** The body of a request that is sent again and again: encoded once. */
export class EncodedBody<O extends Operation> {
  readonly bytes: Buffer;

  constructor(operation: O, body: RequestBody<O>) {
    const writer = new JuteWriter();
    writeBody(writer, operation, body);
    // Without the room that a writer leaves.
    this.bytes = Buffer.from(writer.take());
  }
}

export function writeRequest<O extends Operation>(
  writer: JuteWriter,
  xid: number,
  operation: O,
  body: RequestBody<O> | EncodedBody<O>,
): void {
  writer.int(xid).int(OPERATION_CODES[operation]);
  if (body instanceof EncodedBody) writer.raw(body.bytes);
  else writeBody(writer, operation, body);
}

function writeBody<O extends Operation>(writer: JuteWriter, operation: O, body: RequestBody<O>): void {
  (requestBodies[operation] as unknown as Codec<RequestBody<O>>).write(writer, body);
}

/** @throws {ProtocolError} `MALFORMED`, for an operation that is not known here too */
export function readRequest(payload: Buffer): Request {
  const reader = new JuteReader(payload);
  const xid = reader.int();
  const code = reader.int();
  const operation = operationName(code);
  if (!operation) throw new ProtocolError('MALFORMED', `A request has the type ${code}, which is not known`);
  return { xid, operation, body: requestBodies[operation].read(reader) } as Request;
}
