import { jestConfig } from '../../jest.preset.js';

/** Tests that need a container engine; run apart from the others, with `npm run test-containers`. */
export default {
  ...jestConfig('test-kit containers'),
  testMatch: ['<rootDir>/test/containers/*.container-test.ts'],
};
