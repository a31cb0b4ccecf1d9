import { createRequire } from 'node:module';
import { isMissingPackage } from './is-missing-package.js';

const name = '@atalaya/not-installed';

test('a package that is not installed', async () => {
  const imported: unknown = await import(name).catch((error: unknown) => error);
  expect(isMissingPackage(imported, name)).toBe(true);
  expect(isMissingPackage(imported, 'another')).toBe(false);
  const require = createRequire(import.meta.url);
  expect(
    isMissingPackage(
      thrownBy(() => require(name) as unknown),
      name,
    ),
  ).toBe(true);
});

test('any other failure', () => {
  expect(isMissingPackage(new Error(`'${name}' is broken`), name)).toBe(false);
  expect(isMissingPackage(undefined, name)).toBe(false);
});

function thrownBy(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}
