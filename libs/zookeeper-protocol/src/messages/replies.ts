import { type Operation } from '../codes/operations.js';
import { watchEventCode, watchEventType, type WatchEventType } from '../codes/watches.js';
import { type JuteReader } from '../jute/jute-reader.js';
import { type JuteWriter } from '../jute/jute-writer.js';
import { type Codec } from './codec.js';
import { replyBodies, type ReplyBody } from './reply-bodies.js';

/** Stands before every reply, and before a watch event. */
export interface ReplyHeader {
  readonly xid: number;
  /** The latest transaction that the server has applied; −1 with watch events and some failures. */
  readonly zxid: bigint;
  /** See `RESULT_CODES`; 0 for success. */
  readonly error: number;
}

/** A watch that fired. */
export interface WatchEvent {
  readonly type: WatchEventType;
  /** State of the session as the server sees it: 3 when connected, 5 when read-only. */
  readonly state: number;
  readonly path: string;
}

export function readReplyHeader(reader: JuteReader): ReplyHeader {
  return { xid: reader.int(), zxid: reader.long(), error: reader.int() };
}

export function writeReplyHeader(writer: JuteWriter, { xid, zxid, error }: ReplyHeader): void {
  writer.int(xid).long(zxid).int(error);
}

/** The body of a reply to this operation, of one that succeeded. */
export function readReplyBody<O extends Operation>(reader: JuteReader, operation: O): ReplyBody<O> {
  return (replyBodies[operation] as unknown as Codec<ReplyBody<O>>).read(reader);
}

export function writeReplyBody<O extends Operation>(
  writer: JuteWriter,
  operation: O,
  body: ReplyBody<O>,
): void {
  (replyBodies[operation] as unknown as Codec<ReplyBody<O>>).write(writer, body);
}

/** The body of a watch event, behind its header. */
export function readWatchEvent(reader: JuteReader): WatchEvent {
  return { type: watchEventType(reader.int()), state: reader.int(), path: reader.string() ?? '' };
}

export function writeWatchEvent(writer: JuteWriter, { type, state, path }: WatchEvent): void {
  writer.int(watchEventCode(type)).int(state).string(path);
}
