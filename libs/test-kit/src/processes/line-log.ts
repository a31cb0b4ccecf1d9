import { type Readable } from 'node:stream';

/** Lines beyond this many are forgotten, the oldest first, so that a chatty process does not fill the memory. */
const LINES_KEPT = 20_000;

/** The lines that a process has written, in order of arrival, those of all its streams together. */
export class LineLog {
  readonly #lines: string[] = [];
  readonly #listeners = new Set<(line: string) => void>();
  #forgotten = 0;

  /** How many lines there were in all; the position of the next one. */
  get position(): number {
    return this.#forgotten + this.#lines.length;
  }

  /** The lines from this position on, as far as they are still known. */
  from(position: number): readonly string[] {
    return this.#lines.slice(Math.max(0, position - this.#forgotten));
  }

  /** Calls the listener with each line to come, until the returned function is called. */
  listen(listener: (line: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes in the lines of a stream, the last one also without a line break. */
  read(stream: Readable): void {
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#add(line.replace(/\r$/, ''));
    });
    stream.on('end', () => {
      if (rest !== '') this.#add(rest);
    });
  }

  #add(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > LINES_KEPT) {
      this.#lines.shift();
      this.#forgotten++;
    }
    for (const listener of this.#listeners) listener(line);
  }
}

/** A line of JSON as an object; undefined for any other line. */
export function parseLogRecord(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
