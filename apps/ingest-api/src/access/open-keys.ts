import { type Logger } from '@atalaya/service-kit';
import { type AuditLog } from '../audit/audit-log.js';
import { type Configuration } from '../configuration.js';
import { KeyRing } from './key-ring.js';
import { readKeyFile, watchKeyFile } from './watch-key-file.js';

/**
 * The keys of a configuration; those of its file follow the file until the signal aborts.
 *
 * @throws {@link StartupError} when the file cannot be used
 */
export async function openKeys(
  { INGEST_TOKEN, API_KEYS_FILE: path }: Pick<Configuration, 'INGEST_TOKEN' | 'API_KEYS_FILE'>,
  options: { logger: Logger; audit: AuditLog; signal: AbortSignal; intervalMs?: number },
): Promise<KeyRing> {
  const { audit, ...watch } = options;
  if (path === undefined) return new KeyRing(INGEST_TOKEN);
  const keys = new KeyRing(INGEST_TOKEN, await readKeyFile(path));
  void watchKeyFile({
    path,
    keys,
    ...watch,
    onChange: (changes) => {
      for (const reason of ['added', 'removed', 'changed'] as const) {
        for (const key of changes[reason]) audit.record({ event: 'key-changed', key, reason });
      }
    },
  });
  return keys;
}
