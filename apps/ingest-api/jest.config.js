import { jestConfig } from '../../jest.preset.js';

export default {
  ...jestConfig('ingest-api'),
  // Tests wait for conditions; this only ends one that waits in vain.
  testTimeout: 60_000,
};
