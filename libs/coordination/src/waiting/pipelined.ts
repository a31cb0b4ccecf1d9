/** Begun in one turn of the event loop; from then on each item that is done makes room for two, until all have. */
const burst = 256;

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
    const mayBegin = () => !failed && begun < items.length && begun - done < window;
    const begin = () => {
      const index = begun++;
      const item = items[index] as I;
      operation(item).then(
        (result) => {
          results[index] = result;
          done += 1;
          if (done === items.length) resolve(results);
          for (let room = 2; room > 0 && mayBegin(); room -= 1) begin();
        },
        (error: unknown) => {
          failed = true;
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- handed on as it was given
          reject(error);
        },
      );
    };
    if (items.length === 0) resolve(results);
    while (begun < burst && mayBegin()) begin();
  });
}
