import { type ProtocolVersion } from '../../protocol/protocol-version.js';
import { MapReply, type Reply } from '../../protocol/reply.js';
import { type Label } from '../../series/series.js';

/** Which labels a reply shows. */
export type LabelSelection = 'none' | 'all' | readonly string[];

/** Label pairs: a map in RESP3, an array of pairs in RESP2. */
export function labelsReply(
  labels: readonly Label[],
  selection: LabelSelection,
  protocol: ProtocolVersion,
): Reply {
  const pairs = selectLabels(labels, selection);
  return protocol === 3 ? new MapReply(pairs) : pairs;
}

function selectLabels(labels: readonly Label[], selection: LabelSelection): [string, string | null][] {
  if (selection === 'none') return [];
  if (selection === 'all') return labels.map(([name, value]) => [name, value]);
  return selection.map((asked) => {
    const found = labels.find(([name]) => name.toLowerCase() === asked.toLowerCase());
    return found === undefined ? [asked, null] : [found[0], found[1]];
  });
}
