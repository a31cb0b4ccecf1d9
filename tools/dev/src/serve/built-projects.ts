import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const WORKSPACE = '@atalaya/';

/**
 * The `dist` folders of a project of this workspace and of all that it depends on, itself first.
 *
 * @throws when a project is not installed
 */
export function builtFolders(project: string): string[] {
  const seen = new Map<string, string>();
  const visit = (name: string, from: NodeJS.Require): void => {
    if (seen.has(name)) return;
    const manifest = from.resolve(`${name}/package.json`);
    seen.set(name, join(dirname(manifest), 'dist'));
    const { dependencies = {} } = JSON.parse(readFileSync(manifest, 'utf8')) as {
      dependencies?: Record<string, string>;
    };
    const require = createRequire(manifest);
    for (const dependency of Object.keys(dependencies).filter((word) => word.startsWith(WORKSPACE))) {
      visit(dependency, require);
    }
  };
  visit(`${WORKSPACE}${project}`, createRequire(import.meta.url));
  return [...seen.values()];
}

/**
 * A digest of what the `dist` folders hold to be run. A build that finds nothing to do, that fails, or that changes types
 * alone leaves it as it was. A file that is being written counts as it is at that moment: its end is a change of its own.
 */
export function buildDigest(folders: readonly string[]): string {
  const hash = createHash('sha256');
  for (const folder of folders.filter(existsSync)) {
    const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    for (const entry of entries.filter(isRun).toSorted()) {
      hash.update(entry).update(readFileSync(join(folder, entry)));
    }
  }
  return hash.digest('hex');
}

function isRun(entry: string): boolean {
  return /(?<!\.d)\.(?:[cm]?js|css|json|lua)$/.test(entry);
}
