import { createLogger, type Logger } from '@atalaya/service-kit';

/** A logger that keeps the messages of level info and above, as `level: message`. */
export function recordingLogger(): { logger: Logger; lines: () => string[] } {
  const lines: string[] = [];
  const logger = createLogger({ name: 'test', level: 'silent' });
  for (const level of ['info', 'warn', 'error', 'fatal'] as const) {
    logger[level] = (_details: unknown, message?: string) => {
      lines.push(`${level}: ${message ?? ''}`);
    };
  }
  return { logger, lines: () => [...lines] };
}
