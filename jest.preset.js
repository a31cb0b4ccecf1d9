import { fileURLToPath } from 'node:url';

const failedTestsReporter = fileURLToPath(
  new URL('./tools/bootstrap/failed-tests-reporter.mjs', import.meta.url),
);

/**
 * Jest settings shared by every project: TypeScript through SWC as native ES modules, workspace packages
 * resolved to their sources. Types are checked by `nx run-many -t typecheck`.
 *
 * @param {string} displayName the project's folder name
 * @returns {import('jest').Config}
 */
export function jestConfig(displayName) {
  return {
    displayName,
    testEnvironment: 'node',
    testEnvironmentOptions: { customExportConditions: ['@atalaya/source', 'node', 'node-addons'] },
    testMatch: ['<rootDir>/src/**/*.test.ts', '<rootDir>/test/**/*.test.ts'],
    extensionsToTreatAsEsm: ['.ts'],
    moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
    moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
    transform: {
      '^.+\\.ts$': [
        '@swc/jest',
        {
          jsc: { parser: { syntax: 'typescript', explicitResourceManagement: true }, target: 'es2022' },
          module: { type: 'es6' },
          sourceMaps: 'inline',
        },
      ],
    },
    // On a busy machine all takes its time; what is waited for are conditions, not times.
    testTimeout: 30_000,
    passWithNoTests: true,
    reporters: ['default', failedTestsReporter],
  };
}
