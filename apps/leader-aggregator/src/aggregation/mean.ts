/** Mean, least and greatest of a number of values. */
export interface Summary {
  /** The mean. */
  readonly value: number;
  readonly count: number;
  readonly min: number;
  readonly max: number;
}

/**
 * Summary of finite values, or undefined for none.
 *
 * The mean is taken from Neumaier's compensated sum ("Rundungsfehleranalyse einiger Verfahren zur Summation endlicher
 * Summen", 1974): its error does not grow with the number of values, their order does not matter beyond the last digit,
 * equal values have exactly themselves as mean, and it lies between the least and the greatest.
 */
export function summarize(values: Iterable<number>): Summary | undefined {
  let [count, min, max] = [0, Infinity, -Infinity];
  const list: number[] = [];
  for (const value of values) {
    list.push(value);
    count += 1;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (count === 0) return undefined;
  let value = compensatedSum(list, 1) / count;
  // The sum of values near the largest double overflows where their mean does not.
  if (!Number.isFinite(value)) value = compensatedSum(list, 1 / count);
  return { value: Math.min(max, Math.max(min, value)), count, min, max };
}

function compensatedSum(values: readonly number[], scale: number): number {
  let sum = 0;
  let lost = 0;
  for (const value of values) {
    const term = value * scale;
    const next = sum + term;
    lost += Math.abs(sum) >= Math.abs(term) ? sum - next + term : term - next + sum;
    sum = next;
  }
  return sum + lost;
}
