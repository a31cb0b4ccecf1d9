import { jestConfig } from '../../jest.preset.js';

// Jest takes these from the top alone.
const { passWithNoTests, reporters, testTimeout, ...config } = jestConfig('coordination');
const nativeAlone = ['<rootDir>/test/traps/', '<rootDir>/test/native-traps.test.ts'];
const withoutServer = ['<rootDir>/src/', '<rootDir>/test/rules/'];

/** What runs against real servers runs over each transport; what is about one of them, over that one. */
export default {
  passWithNoTests,
  reporters,
  testTimeout,
  projects: [
    {
      ...config,
      displayName: 'coordination',
      globals: { transportUnderTest: 'wire' },
      testPathIgnorePatterns: ['/node_modules/', ...nativeAlone],
    },
    {
      ...config,
      displayName: 'coordination, native',
      globals: { transportUnderTest: 'native' },
      testPathIgnorePatterns: [
        '/node_modules/',
        ...withoutServer,
        '<rootDir>/test/documented-rules.test.ts',
        '<rootDir>/test/protected-from-creation.test.ts',
        '<rootDir>/test/transport-conformance.test.ts',
        // What the native transport cannot keep: see docs/rules.md.
        '<rootDir>/test/ensemble/no-step-back.test.ts',
        '<rootDir>/test/shared-watches.test.ts',
        '<rootDir>/test/recipes/seeded-schedules.test.ts',
        '<rootDir>/test/recipes/documented-examples.test.ts',
      ],
    },
  ],
};
