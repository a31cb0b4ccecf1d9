import { commandSource } from './command-source.js';
import { fileSource } from './file-source.js';
import { httpSource } from './http-source.js';
import { parseJsonPointer } from './json-pointer.js';
import { randomSource } from './random-source.js';
import { type Source } from './source.js';
import { systemLoadSource, systemMemorySource } from './system-source.js';

/** A source that is written wrongly; the message says what is allowed. */
export class SourceSyntaxError extends Error {
  readonly code = 'SOURCE_SYNTAX';

  constructor(message: string) {
    super(message);
    this.name = 'SourceSyntaxError';
  }
}

const KINDS =
  "'random:MIN:MAX', 'system:load1', 'system:memory', 'file:PATH', 'command:LINE' or 'http:URL#/json/pointer'";

/**
 * The source that a setting such as `random:75:85` describes.
 *
 * @throws {@link SourceSyntaxError}
 */
export function parseSource(text: string): Source {
  const colon = text.indexOf(':');
  const kind = colon === -1 ? text : text.slice(0, colon);
  const rest = colon === -1 ? '' : text.slice(colon + 1);
  switch (kind) {
    case 'random':
      return parseRandom(rest);
    case 'system':
      if (rest === 'load1') return systemLoadSource();
      if (rest === 'memory') return systemMemorySource();
      throw new SourceSyntaxError("must be 'system:load1' or 'system:memory'");
    case 'file':
      if (rest === '' || rest.includes('\0')) throw new SourceSyntaxError("must be 'file:PATH' with a path");
      return fileSource(rest);
    case 'command':
      if (rest.trim() === '' || rest.includes('\0')) {
        throw new SourceSyntaxError("must be 'command:LINE' with a line for the shell");
      }
      return commandSource(rest);
    case 'http':
      // `http:https://host/x` and, since nothing else can be meant by it, `http://host/x`.
      return parseHttp(rest.startsWith('//') ? text : rest);
    case 'https':
      return parseHttp(text);
    default:
      throw new SourceSyntaxError(`must be ${KINDS}`);
  }
}

function parseRandom(rest: string): Source {
  const match = /^(-?\d{1,15}):(-?\d{1,15})$/.exec(rest);
  const [min, max] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null || min > max) {
    throw new SourceSyntaxError("must be 'random:MIN:MAX' with integers, MIN not above MAX");
  }
  if (max - min >= 2 ** 48 - 1) throw new SourceSyntaxError('MIN and MAX must be less than 2^48 apart');
  return randomSource(min, max);
}

function parseHttp(rest: string): Source {
  const syntax = "must be 'http:URL#/json/pointer' with an http:// or https:// URL";
  const hash = rest.indexOf('#');
  const address = hash === -1 ? rest : rest.slice(0, hash);
  // `http:host/path` would be read as a URL too, by the leniency of the URL parser.
  if (!/^https?:\/\/[^/]/.test(address) || !URL.canParse(address)) throw new SourceSyntaxError(syntax);
  const pointer = parseJsonPointer(decodeFragment(hash === -1 ? '' : rest.slice(hash + 1)));
  if (pointer === undefined) {
    throw new SourceSyntaxError(`${syntax}; a pointer starts with '/' and writes '~' as '~0'`);
  }
  return httpSource(new URL(address), pointer);
}

/** A pointer in a URL's fragment is percent-encoded (RFC 6901, section 6); text that cannot be decoded is meant as is. */
function decodeFragment(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}
