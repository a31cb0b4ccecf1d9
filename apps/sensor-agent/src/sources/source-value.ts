import { decimalCodec } from '@atalaya/coordination';
import { SourceError } from './source.js';

const EXCERPT_LENGTH = 60;

/** No way of writing one number needs more characters. */
const MAX_LENGTH = 1_100;

/**
 * The number that a source's text states as a whole.
 *
 * @throws {@link SourceError} that shows the start of the text
 */
export function valueOfText(text: string, origin: string): number {
  if (text.trim() === '') throw new SourceError(`${origin} is empty`);
  if (text.length <= MAX_LENGTH) {
    try {
      // What is accepted here is what readers of the znode accept.
      return decimalCodec.decode(Buffer.from(text));
    } catch {
      // Said below, with where the text is from.
    }
  }
  throw new SourceError(`${origin} is not a finite number: ${excerpt(text)}`);
}

/** The start of a text on one line, quoted, for messages. */
export function excerpt(text: string): string {
  return JSON.stringify(text.length > EXCERPT_LENGTH ? `${text.slice(0, EXCERPT_LENGTH)}…` : text);
}
