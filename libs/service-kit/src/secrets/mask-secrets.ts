/** What stands in place of a secret. */
const HIDDEN = '(hidden)';

/** Shorter values are not looked for: they stand in ordinary words. */
const MIN_SECRET_LENGTH = 8;

/**
 * A character of a secret in a URL or a command line. A pair of backslash and character is one: log lines are JSON. A
 * password may hold `@` and `/`; `//` begins the next URL.
 */
const CHARACTER = String.raw`(?:(?!//)(?:\\.|[^\s"\\]))`;

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // The login of a URL. That of `http://api:4000/@x` is none.
  [
    new RegExp(
      String.raw`\b([a-z][a-z0-9+.-]{1,20}://)(?:[^\s/"@:\\]*:(?!\d{1,5}[/?#])${CHARACTER}*|[^\s/"@:\\]+)@`,
      'gi',
    ),
    `$1${HIDDEN}@`,
  ],
  // Parts of a query that are named like a secret.
  [
    /([?&][\w.-]*(?:token|secret|password|passwd|api_?key|auth|sig(?:nature)?)=)[^&\s"'#\\]+/gi,
    `$1${HIDDEN}`,
  ],
  // Headers.
  [/\b(Bearer|Basic)(\s+)(?!realm=)[\w.~+/=-]{8,}/gi, `$1$2${HIDDEN}`],
  // Words of a command line, and variables.
  [/(--[\w-]*(?:password|secret|token|key)(?:=|\s+))(?![-<(])[^\s"'\\]+/gi, `$1${HIDDEN}`],
  [/\b([A-Z][A-Z0-9_]*(?:PASSWORD|SECRET|TOKEN|AUTH|REDIS_URL)=)(?!\(hidden\))[^\s\\]+/g, `$1${HIDDEN}`],
  // Keys of the ingest API.
  [/\batalaya_[\w-]{43}(?![\w-])/g, HIDDEN],
];

/**
 * A text without the secrets that can be told by their form: logins in URLs, secrets in queries, bearer tokens, values of
 * options and variables that are named like a secret, and keys of the ingest API. For messages that quote what somebody
 * gave: a URL, a command line, an error of another library.
 */
export function maskSecrets(text: string): string {
  return PATTERNS.reduce((masked, [pattern, replacement]) => masked.replace(pattern, replacement), text);
}

/**
 * {@link maskSecrets} that also hides these values, wherever they stand: what a process was given as secrets. Of a URL or
 * of `user:password` the password alone is hidden, too; values of fewer than 8 characters are not looked for.
 */
export function secretMask(secrets: Iterable<string>): (text: string) => string {
  const known = [...new Set([...secrets].flatMap(formsOf))]
    .filter((secret) => secret.length >= MIN_SECRET_LENGTH)
    // A longer one may contain a shorter one.
    .sort((a, b) => b.length - a.length);
  return (text) => maskSecrets(known.reduce((masked, secret) => masked.replaceAll(secret, HIDDEN), text));
}

/** The ways in which a secret can stand in a text: as it is, in JSON, and its password alone. */
function formsOf(secret: string): string[] {
  const passwords = secret.split(',').flatMap((part) => {
    if (URL.canParse(part) && part.includes('://')) {
      const { password } = new URL(part);
      return [password, decoded(password)];
    }
    return [part.slice(part.indexOf(':') + 1)];
  });
  return [secret, ...passwords].flatMap((form) => [form, JSON.stringify(form).slice(1, -1)]);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
