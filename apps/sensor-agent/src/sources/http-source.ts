import { messageOf } from '@atalaya/service-kit';
import { got, HTTPError } from 'got';
import { resolveJsonPointer } from './json-pointer.js';
import { SourceError, type Source } from './source.js';
import { excerpt, valueOfText } from './source-value.js';

const MAX_BYTES = 1_048_576;

/**
 * A number inside the JSON document at a URL, found by a JSON pointer; a string there that states a number counts too.
 *
 * One GET per sample, redirects followed, no retries: the next sample is the retry.
 */
export function httpSource(url: URL, pointer: readonly string[]): Source {
  const shownUrl = withoutCredentials(url);
  const shownPointer = pointer.map((token) => `/${token}`).join('');
  return {
    description: `${shownUrl}${shownPointer === '' ? '' : `#${shownPointer}`}`,
    perSensor: false,
    async read(signal) {
      const document = parseJson(await download(url, shownUrl, signal), shownUrl);
      const value = resolveJsonPointer(document, pointer);
      const place = pointer.length === 0 ? 'the document' : `the value at ${shownPointer}`;
      if (value === undefined)
        throw new SourceError(`there is no ${shownPointer} in the document at ${shownUrl}`);
      if (typeof value === 'number' && Number.isFinite(value)) return value;
      if (typeof value === 'string') return valueOfText(value, place);
      throw new SourceError(`${place} is not a finite number: ${excerpt(JSON.stringify(value))}`);
    },
  };
}

async function download(url: URL, shownUrl: string, signal: AbortSignal): Promise<string> {
  const tooLong = new AbortController();
  const request = got(url, {
    signal: AbortSignal.any([signal, tooLong.signal]),
    retry: { limit: 0 },
    headers: { accept: 'application/json' },
  });
  void request.on('downloadProgress', ({ transferred }) => {
    if (transferred > MAX_BYTES) tooLong.abort();
  });
  try {
    return await request.text();
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (tooLong.signal.aborted)
      throw new SourceError(`${shownUrl} answers with more than ${MAX_BYTES} bytes`);
    if (error instanceof HTTPError) throw new SourceError(`${shownUrl} answers ${error.response.statusCode}`);
    throw new SourceError(`${shownUrl} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

function parseJson(text: string, shownUrl: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SourceError(`${shownUrl} does not answer with JSON: ${excerpt(text)}`);
  }
}

function withoutCredentials(url: URL): string {
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  // Keys are often passed in the query.
  shown.search = '';
  return shown.href;
}
