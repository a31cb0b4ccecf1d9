import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const from = fileURLToPath(new URL('../fixtures/', import.meta.url));

/** Copies files of `fixtures` into a folder. */
export async function addFixtures(folder: string, ...names: readonly string[]): Promise<void> {
  await Promise.all(names.map((name) => cp(join(from, name), join(folder, name))));
}
