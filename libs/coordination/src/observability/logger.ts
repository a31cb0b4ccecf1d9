/** The part of pino's interface that this library writes to. */
export interface Logger {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** Discards everything: what a client without a logger uses. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
