import { type LabelPredicate, parseLabelPredicate } from '../../series/label-filter.js';
import { type LabelSelection } from './labels-reply.js';
import { optionIndex, timeSeriesError } from './options.js';

/** Words that end a list of selected labels. */
const KEYWORDS = new Set([
  'WITHLABELS',
  'AGGREGATION',
  'LIMIT',
  'GROUPBY',
  'REDUCE',
  'FILTER',
  'FILTER_BY_VALUE',
  'FILTER_BY_TS',
  'COUNT',
  'EXCLUDEEMPTY',
]);
const MAX_SELECTED_LABELS = 50;

/** Filter expressions, of which at least one must name values. */
export function parseFilter(expressions: readonly string[]): LabelPredicate[] {
  const predicates = expressions.map((expression) => {
    const predicate = parseLabelPredicate(expression);
    if (predicate === undefined) throw timeSeriesError('failed parsing labels');
    return predicate;
  });
  if (!predicates.some(({ isMatcher }) => isMatcher))
    throw timeSeriesError('please provide at least one matcher');
  return predicates;
}

/** WITHLABELS and SELECTED_LABELS. */
export function parseLabelSelection(args: readonly string[]): LabelSelection {
  const withLabels = optionIndex(args, 'WITHLABELS') > 0;
  const position = optionIndex(args, 'SELECTED_LABELS');
  if (position <= 0) return withLabels ? 'all' : 'none';
  if (withLabels) throw timeSeriesError('cannot accept WITHLABELS and SELECT_LABELS together');
  const selected: string[] = [];
  for (const argument of args.slice(position + 1)) {
    if (KEYWORDS.has(argument.toUpperCase())) break;
    if (selected.length >= MAX_SELECTED_LABELS) throw timeSeriesError('reached max size for SELECT_LABELS');
    selected.push(argument);
  }
  if (selected.length === 0) throw timeSeriesError('SELECT_LABELS should have at least 1 parameter');
  return selected;
}
