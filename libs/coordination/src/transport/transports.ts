import { nativeTransport } from './native/native-transport.js';
import type { TransportFactory } from './transport.js';
import { wireTransport } from './wire/wire-transport.js';

/** The transports by the names that configurations use. */
export const transports: Readonly<Record<'wire' | 'native', TransportFactory>> = {
  wire: wireTransport,
  native: nativeTransport,
};
