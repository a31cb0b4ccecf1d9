import { type ProtocolVersion } from './protocol-version.js';
import { formatDouble, formatSampleValue } from './format-double.js';
import {
  DoubleReply,
  ErrorReply,
  MapReply,
  NullArrayReply,
  type PushReply,
  type Reply,
  SamplesReply,
  SetReply,
  SimpleString,
} from './reply.js';
import { sampleRows } from './sample-text.js';

const CRLF = '\r\n';

/** The bytes of a reply as a latin1 string, in the given version of the protocol. */
export function encodeReply(reply: Reply, version: ProtocolVersion): string {
  if (typeof reply === 'string') return `$${reply.length}${CRLF}${reply}${CRLF}`;
  if (typeof reply === 'number') return encodeInteger(reply);
  if (reply === null) return version === 3 ? '_\r\n' : '$-1\r\n';
  if (reply instanceof SimpleString) return `+${reply.text}${CRLF}`;
  if (reply instanceof ErrorReply) return encodeError(reply);
  if (Array.isArray(reply)) return encodeElements(`*${reply.length}${CRLF}`, reply, version);
  if (reply instanceof SamplesReply) {
    return `*${reply.timestamps.length}${CRLF}${sampleRows(reply, version)}`;
  }
  if (reply instanceof DoubleReply) return encodeDouble(reply, version);
  if (reply instanceof NullArrayReply) return version === 3 ? '_\r\n' : '*-1\r\n';
  if (reply instanceof MapReply) {
    const { entries } = reply;
    const header = version === 3 ? `%${entries.length}${CRLF}` : `*${2 * entries.length}${CRLF}`;
    return encodeElements(header, entries.flat(), version);
  }
  if (reply instanceof SetReply) {
    return encodeElements(
      `${version === 3 ? '~' : '*'}${reply.members.length}${CRLF}`,
      reply.members,
      version,
    );
  }
  return encodePush(reply, version);
}

function encodePush(reply: PushReply, version: ProtocolVersion): string {
  return encodeElements(
    `${version === 3 ? '>' : '*'}${reply.elements.length}${CRLF}`,
    reply.elements,
    version,
  );
}

function encodeInteger(value: number): string {
  return `:${Number.isSafeInteger(value) ? value : BigInt(value)}${CRLF}`;
}

/** An error's text must stay on one line, whatever key or value it names. */
function encodeError(reply: ErrorReply): string {
  return `-${reply.message.replace(/[\r\n]+/g, ' ')}${CRLF}`;
}

function encodeElements(header: string, elements: readonly Reply[], version: ProtocolVersion): string {
  let text = header;
  for (const element of elements) text += encodeReply(element, version);
  return text;
}

function encodeDouble(reply: DoubleReply, version: ProtocolVersion): string {
  if (version === 3) return `,${formatDouble(reply.value)}${CRLF}`;
  if (reply.asBulk) return encodeReply(formatDouble(reply.value), version);
  return `+${formatSampleValue(reply.value)}${CRLF}`;
}
