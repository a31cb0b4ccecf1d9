/** The part of pino's interface that this library writes to. */
export interface Logger {
  /** Details of what is tried again. */
  debug(details: object, message: string): void;
  /** Sessions and terms that begin and end. */
  info(details: object, message: string): void;
  /** Outages, lost sessions, what fails and is tried again. */
  warn(details: object, message: string): void;
  /** What ended the client, and listeners that threw. */
  error(details: object, message: string): void;
}

/** Discards everything: what a client without a logger uses. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
