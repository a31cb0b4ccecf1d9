import { nativeTransport, wireTransport, type TransportFactory } from '../../src/index.js';

const name = (globalThis as { transportUnderTest?: 'wire' | 'native' }).transportUnderTest ?? 'wire';

/** Name of the library's export that it is, for programs of tests. */
export const transportExport = `${name}Transport` as const;

/** The transport that this run of the tests is about; `jest.config.js` has a run for each. */
export const transportUnderTest: TransportFactory = { wire: wireTransport, native: nativeTransport }[name];
