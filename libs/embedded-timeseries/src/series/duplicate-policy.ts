export const DUPLICATE_POLICIES = ['block', 'last', 'first', 'min', 'max', 'sum'] as const;

/** What happens to a sample whose timestamp is already taken. */
export type DuplicatePolicy = (typeof DUPLICATE_POLICIES)[number];

export function duplicatePolicy(text: string): DuplicatePolicy | undefined {
  const name = text.toLowerCase();
  return DUPLICATE_POLICIES.find((policy) => policy === name);
}

/**
 * The value to keep of two samples with one timestamp, or undefined where the policy refuses the second. NaN gives way
 * to a number under every policy that picks one of the two; min, max and sum refuse to mix them.
 */
export function mergeDuplicate(policy: DuplicatePolicy, kept: number, added: number): number | undefined {
  if (policy === 'block') return undefined;
  if (Number.isNaN(kept) || Number.isNaN(added)) {
    const mixed = Number.isNaN(kept) !== Number.isNaN(added);
    if (mixed && (policy === 'min' || policy === 'max' || policy === 'sum')) return undefined;
    return Number.isNaN(added) ? kept : added;
  }
  switch (policy) {
    case 'first':
      return kept;
    case 'last':
      return added;
    case 'min':
      return kept < added ? kept : added;
    case 'max':
      return kept > added ? kept : added;
    case 'sum':
      return added + kept;
  }
}
