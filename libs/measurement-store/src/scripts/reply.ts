import { type ScriptReply } from './server-script.js';

/** Text of a simple or bulk string, as Lua's own conversion of both would give it. */
export function replyText(reply: ScriptReply | undefined): string {
  if (typeof reply === 'string') return reply;
  if (typeof reply === 'number' || typeof reply === 'bigint') return reply.toString();
  if (reply instanceof Uint8Array) return Buffer.from(reply).toString('utf8');
  if (reply !== null && reply !== undefined && !Array.isArray(reply)) return reply.simple;
  throw new TypeError('A script expected a string reply.');
}

/** Text, or undefined for a null reply. */
export function replyTextOrNull(reply: ScriptReply | undefined): string | undefined {
  return reply === null || reply === undefined ? undefined : replyText(reply);
}

/** The elements of an array reply. */
export function replyArray(reply: ScriptReply | undefined): ScriptReply[] {
  if (Array.isArray(reply)) return reply;
  throw new TypeError('A script expected an array reply.');
}
