import { decodeArray, decodeText, unexpectedReply } from './sample.js';

/**
 * The entries of a map reply in each form it comes in: an array of `[key, value]` pairs (RESP2's nested replies), a flat
 * array (RESP2's `TS.INFO`, and RESP3 in ioredis's legacy mapping), an object or a `Map` (RESP3).
 */
export function decodePairs(reply: unknown): [key: string, value: unknown][] {
  if (reply instanceof Map) return [...reply].map(([key, value]) => [decodeText(key), value]);
  if (reply !== null && typeof reply === 'object' && !Array.isArray(reply)) return Object.entries(reply);
  const elements = decodeArray(reply);
  if (Array.isArray(elements[0])) {
    return elements.map((element) => {
      const [key, value] = decodeArray(element);
      return [decodeText(key), value];
    });
  }
  if (elements.length % 2 !== 0) throw unexpectedReply('pairs', reply);
  const pairs: [string, unknown][] = [];
  for (let i = 0; i < elements.length; i += 2) pairs.push([decodeText(elements[i]), elements[i + 1]]);
  return pairs;
}

/** Labels of a reply; null is the value of a selected label that the series has not. */
export function decodeLabels(reply: unknown): Record<string, string | null> {
  return Object.fromEntries(
    decodePairs(reply).map(([name, value]) => [name, value === null ? null : decodeText(value)]),
  );
}

/** The entries of `MGET` and `MRANGE`: key and what follows it. RESP2 has `[key, ...rest]`, RESP3 a map of key to rest. */
export function decodeSeriesEntries(reply: unknown): [key: string, rest: unknown[]][] {
  if (Array.isArray(reply) && Array.isArray(reply[0])) {
    return reply.map((entry) => {
      const [key, ...rest] = decodeArray(entry);
      return [decodeText(key), rest];
    });
  }
  return decodePairs(reply).map(([key, rest]) => [key, decodeArray(rest)]);
}
