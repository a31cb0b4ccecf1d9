import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { type Logger, messageOf, StartupError } from '@atalaya/service-kit';
import { parseKeyFile, type StoredKey } from './api-key.js';
import { type KeyChanges, type KeyRing } from './key-ring.js';

/** How soon a change of the file is seen. Secrets are replaced by links, which notifications of the system miss. */
const WATCH_INTERVAL_MS = 2_000;

/** @throws {@link StartupError} when the file cannot be read or holds no keys */
export async function readKeyFile(path: string): Promise<StoredKey[]> {
  try {
    return parseKeyFile(await readFile(path, 'utf8'));
  } catch (error) {
    throw new StartupError(
      `API_KEYS_FILE=${JSON.stringify(path)} cannot be used: ${messageOf(error)}; make one with npm run keys`,
      { cause: error },
    );
  }
}

export interface WatchKeyFileOptions {
  path: string;
  keys: KeyRing;
  logger: Pick<Logger, 'info' | 'error'>;
  onChange: (changes: KeyChanges) => void;
  signal: AbortSignal;
  intervalMs?: number;
}

/**
 * Reads the file of keys again and again, and takes what has changed, until the signal aborts. While it cannot be read
 * the keys of before stay good; that is logged once.
 */
export async function watchKeyFile(options: WatchKeyFileOptions): Promise<void> {
  const { path, keys, logger, onChange, signal, intervalMs = WATCH_INTERVAL_MS } = options;
  let problem: string | undefined;
  while (!signal.aborted) {
    try {
      const changes = keys.replace(parseKeyFile(await readFile(path, 'utf8')));
      problem = undefined;
      const names = [...changes.added, ...changes.removed, ...changes.changed];
      if (names.length > 0) {
        logger.info({ ...changes }, `the keys in ${path} have changed: ${names.join(', ')}`);
        onChange(changes);
      }
    } catch (error) {
      const message = messageOf(error);
      if (message !== problem) {
        logger.error(
          { path },
          `the file of keys ${path} cannot be used: ${message}; the keys of before stay good`,
        );
      }
      problem = message;
    }
    await delay(intervalMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
