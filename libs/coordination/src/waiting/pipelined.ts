/**
 * Runs `operation` for every item, at most `window` at a time; results in the order of the items. The first failure
 * rejects at once, and no further item is begun.
 */
export function pipelined<I, O>(
  items: readonly I[],
  window: number,
  operation: (item: I) => Promise<O>,
): Promise<O[]> {
  return new Promise((resolve, reject) => {
    const results = new Array<O>(items.length);
    let begun = 0;
    let done = 0;
    let failed = false;
    const begin = () => {
      const index = begun++;
      const item = items[index] as I;
      operation(item).then(
        (result) => {
          results[index] = result;
          done += 1;
          if (done === items.length) resolve(results);
          else if (begun < items.length && !failed) begin();
        },
        (error: unknown) => {
          failed = true;
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- handed on as it was given
          reject(error);
        },
      );
    };
    if (items.length === 0) resolve(results);
    while (begun < Math.min(window, items.length)) begin();
  });
}
