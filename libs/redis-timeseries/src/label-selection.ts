import { TimeSeriesError } from './errors.js';
import { refuseRangeWord } from './option-words.js';

/** Which labels a reply reports: none without it, `all`, or those named. */
export type LabelSelection = 'all' | readonly string[] | undefined;

/** The selection as arguments. */
export function encodeLabelSelection(selection: LabelSelection): string[] {
  if (selection === undefined) return [];
  if (selection === 'all') return ['WITHLABELS'];
  if (selection.length === 0)
    throw new TimeSeriesError('INVALID_INPUT', 'The list of selected labels is empty.');
  for (const name of selection) refuseRangeWord(name);
  return ['SELECTED_LABELS', ...selection];
}
