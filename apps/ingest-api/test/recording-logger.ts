import { createLogger, type Logger } from '@atalaya/service-kit';

/** What a logger was given, of level warn and above. */
export interface LogEntry {
  level: 'warn' | 'error' | 'fatal';
  message: string;
  details: Readonly<Record<string, unknown>>;
}

/** A logger that keeps what it is given. */
export function recordingLogger(): { logger: Logger; entries: LogEntry[] } {
  const entries: LogEntry[] = [];
  const logger = createLogger({ name: 'test', level: 'silent' });
  for (const level of ['warn', 'error', 'fatal'] as const) {
    logger[level] = (details: unknown, message?: string) => {
      entries.push({ level, message: message ?? '', details: details as LogEntry['details'] });
    };
  }
  return { logger, entries };
}
