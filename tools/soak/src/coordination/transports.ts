import { type TransportFactory, transports as all } from '@atalaya/coordination';

/** The transports that a run can be made on, by name; `default` is the one that a client has by itself. */
const transports: Readonly<Record<string, TransportFactory | undefined>> = { default: undefined, ...all };

export const transportNames: readonly string[] = Object.keys(transports);

/** Undefined for the one that a client has by itself. */
export function transportOf(name: string): TransportFactory | undefined {
  return transports[name];
}
