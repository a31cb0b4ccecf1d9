/** Takes a listener off; calling it again does nothing. */
export type Disposer = (() => void) & Disposable;

/** A function that takes something back, once, and that `using` understands. */
export function disposer(takeBack: () => void): Disposer {
  let done = false;
  const dispose = () => {
    if (done) return;
    done = true;
    takeBack();
  };
  return Object.assign(dispose, { [Symbol.dispose]: dispose });
}
