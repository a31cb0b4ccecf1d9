import { fileURLToPath } from 'node:url';

/** The built module of a program of the coordination runs; the sources cannot be run by Node itself. */
export function programOf(name: string): string {
  return fileURLToPath(new URL(`../../dist/coordination/${name}.js`, import.meta.url));
}
