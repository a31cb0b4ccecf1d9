/** A piece of output of a connection, in order. */
export interface OutputItem {
  text: string;
  /** The commit that must have happened before this may be seen; 0: none. */
  commit: number;
  /** What becomes of it when that commit fails. */
  onFailure: 'error' | 'keep' | 'drop';
}

/** Output that waits for commits. What stands behind a waiting item waits too, so that replies keep their order. */
export class OutputQueue {
  #items: OutputItem[] = [];
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  push(item: OutputItem): void {
    this.#items.push(item);
    this.#bytes += item.text.length;
  }

  /** Takes everything up to the first item whose commit has not happened. */
  take(committed: number): string {
    let end = this.#items.findIndex(({ commit }) => commit > committed);
    if (end < 0) end = this.#items.length;
    if (end === 0) return '';
    const text = this.#items
      .splice(0, end)
      .map((item) => item.text)
      .join('');
    this.#bytes -= text.length;
    return text;
  }

  /** The commits that have not happened failed: replies that depend on them become the error. */
  fail(committed: number, error: string): void {
    this.#items = this.#items
      .filter(({ commit, onFailure }) => commit <= committed || onFailure !== 'drop')
      .map((item) =>
        item.commit <= committed
          ? item
          : { text: item.onFailure === 'error' ? error : item.text, commit: 0, onFailure: 'keep' },
      );
    this.#bytes = this.#items.reduce((sum, { text }) => sum + text.length, 0);
  }
}
