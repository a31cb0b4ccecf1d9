import { type Transcribed } from './resp-client.js';

/**
 * What a reply says, whatever protocol says it: doubles as numbers of the 15 digits that RESP2 has of them, the series of
 * a multi-series reply as key, labels, and samples. RESP3 has reducer and sources of a group beside the labels, and
 * aggregators beside the samples, which RESP2 has not: these are left out of both, and checked by tests of their own.
 */
type Meaning = null | string | number | Meaning[];

const MULTI_SERIES = new Set(['TS.MGET', 'TS.MRANGE', 'TS.MREVRANGE']);
const LABELS_OF_GROUPS = new Set(['__reducer__', '__source__']);

export function whatResp2Says(reply: Transcribed, [name = '', ...args]: readonly string[]): Meaning {
  if (!MULTI_SERIES.has(name.toUpperCase()) || !Array.isArray(reply)) return meaningOf(reply);
  return reply.map((entry) => {
    const [key = null, labels = null, samples = null] = entry as Transcribed[];
    return [meaningOf(key), labelsOf(labels as [Transcribed, Transcribed][], args), meaningOf(samples)];
  });
}

export function whatResp3Says(reply: Transcribed, [name = '', ...args]: readonly string[]): Meaning {
  if (!MULTI_SERIES.has(name.toUpperCase())) return meaningOf(reply);
  if (reply === null || Array.isArray(reply) || !('map' in reply)) return meaningOf(reply);
  return reply.map.map(([key, rest]) => {
    const parts = rest as Transcribed[];
    const { map } = parts[0] as { map: [Transcribed, Transcribed][] };
    return [meaningOf(key), labelsOf(map, args), meaningOf(parts.at(-1)!)];
  });
}

function labelsOf(labels: readonly [Transcribed, Transcribed][], args: readonly string[]): Meaning {
  const isGrouped = args.includes('GROUPBY');
  return labels
    .filter(([name]) => !isGrouped || !LABELS_OF_GROUPS.has(String(meaningOf(name))))
    .map(([name, value]) => [meaningOf(name), meaningOf(value)]);
}

function meaningOf(reply: Transcribed): Meaning {
  if (reply === null) return null;
  if (Array.isArray(reply)) return reply.map(meaningOf);
  if ('set' in reply) return reply.set.map(meaningOf);
  if ('map' in reply) return reply.map.map(([key, value]) => [meaningOf(key), meaningOf(value)]);
  if ('int' in reply) return reply.int;
  if ('double' in reply) return numberOf(reply.double);
  if ('simple' in reply) return /^-?(\d|inf|nan)/i.test(reply.simple) ? numberOf(reply.simple) : reply.simple;
  return 'bulk' in reply ? reply.bulk : `error: ${reply.error}`;
}

function numberOf(text: string): string | number {
  const value = Number(text);
  return Number.isFinite(value) ? Number(value.toPrecision(15)) : text.toLowerCase();
}
