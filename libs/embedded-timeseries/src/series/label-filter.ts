/** One expression of a filter, e.g. `group=(a,b)` or `kind!=`. */
export interface LabelPredicate {
  label: string;
  kind: 'one-of' | 'none-of' | 'present' | 'absent';
  /** Values of `one-of` and `none-of`. */
  values: readonly string[];
  /** Written as `label=value` or `label=(…)`: a filter needs one such expression. */
  isMatcher: boolean;
}

/**
 * Parses one filter expression; undefined when it is none.
 * Forms: `l=v` `l=(v,w)` `l!=v` `l!=(v,w)` `l=` (no such label) `l!=` (any such label).
 */
export function parseLabelPredicate(text: string): LabelPredicate | undefined {
  const operator = ['!=(', '!=', '=(', '='].find((candidate) => text.includes(candidate));
  if (operator === undefined) return undefined;
  // The server cuts at any of the operator's characters, not at the operator: `a=b=c` asks for a=b.
  const [label, value] = cutAtAny(text, operator);
  if (label === undefined) return undefined;
  const isNegated = operator.startsWith('!');
  if (!operator.endsWith('(')) {
    if (value === undefined) {
      return { label, kind: isNegated ? 'present' : 'absent', values: [], isMatcher: false };
    }
    return { label, kind: isNegated ? 'none-of' : 'one-of', values: [value], isMatcher: !isNegated };
  }
  const values = parseList(value);
  return values && { label, kind: isNegated ? 'none-of' : 'one-of', values, isMatcher: !isNegated };
}

/** The values of a list such as `a,b)`; undefined for one that is not closed or has an empty value. */
function parseList(text: string | undefined): string[] | undefined {
  if (text?.endsWith(')') !== true) return undefined;
  const list = text.slice(0, -1);
  if (list === '') return [];
  const values = list.split(',');
  return values.includes('') ? undefined : values;
}

function cutAtAny(text: string, separators: string): string[] {
  const parts: string[] = [];
  let part = '';
  for (const character of text) {
    if (!separators.includes(character)) part += character;
    else if (part !== '') {
      parts.push(part);
      part = '';
    }
  }
  return part === '' ? parts : [...parts, part];
}
