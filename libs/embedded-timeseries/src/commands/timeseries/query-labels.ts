import { SetReply } from '../../protocol/reply.js';
import { at, type Command, wrongArity } from '../command.js';
import { parseFilter } from './filter-arguments.js';
import { timeSeriesError } from './options.js';

/** `TS.QUERYLABELS`: names of labels, or values of one label, of the series that a filter finds, or of all. */
const queryLabels: Command['run'] = ({ database, protocol }, args) => {
  if (args.length < 2) throw wrongArity('ts.querylabels');
  const subtype = at(args, 1).toUpperCase();
  if (subtype !== 'LABELS' && subtype !== 'VALUES') {
    throw timeSeriesError('subtype must be one of LABELS, VALUES');
  }
  const label = subtype === 'VALUES' ? args[2] : undefined;
  if (subtype === 'VALUES' && label === undefined) throw wrongArity('ts.querylabels');
  const filterAt = subtype === 'VALUES' ? 3 : 2;
  const names = (): Iterable<string> =>
    label === undefined ? database.labelIndex.labels() : database.labelIndex.valuesOf(label);
  const found = new Set(args.length > filterAt ? [] : names());
  if (args.length > filterAt) {
    if (at(args, filterAt).toUpperCase() !== 'FILTER' || args.length === filterAt + 1) {
      throw wrongArity('ts.querylabels');
    }
    const keys = database.findKeys(parseFilter(args.slice(filterAt + 1)));
    for (const { labels } of database.eachSeries(keys)) {
      for (const [name, value] of labels) {
        if (label === undefined) found.add(name);
        else if (name === label) found.add(value);
      }
    }
  }
  const sorted = [...found].sort();
  return protocol === 3 ? new SetReply(sorted) : sorted;
};

export const queryLabelsCommands: readonly Command[] = [
  { name: 'ts.querylabels', arity: -1, run: queryLabels },
];
