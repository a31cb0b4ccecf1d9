import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, runCommand } from './run-command.mjs';

/** Folders whose subfolders are projects, and folders that are one. */
const PROJECT_PARENTS = ['libs', 'apps', 'tools'];
const SINGLE_PROJECTS = ['deploy'];
/** The folders of the services. */
export const APPS = ['apps/sensor-agent', 'apps/leader-aggregator', 'apps/ingest-api'];

const CONFIGURATION = 'tsconfig.build.json';

/**
 * Builds the projects in the named folders, such as `apps/ingest-api`, and what they refer to; what has not changed is
 * left as it is. One compiler for the whole graph reads what they share once: a process for each project takes several
 * times as long. A project with a `bundle.mjs` is bundled afterwards.
 *
 * @param {string[]} [folders] all projects by default
 */
export async function build(folders = allProjects()) {
  process.stdout.write('Building …\n');
  const compiler = join(ROOT, 'node_modules', '@typescript', 'native-preview', 'bin', 'tsgo');
  const configurations = folders.map((folder) => join(folder, CONFIGURATION));
  await runCommand([process.execPath, compiler, '--build', ...configurations], { quiet: true });
  for (const bundle of folders.map((folder) => join(ROOT, folder, 'bundle.mjs')).filter(existsSync)) {
    await runCommand([process.execPath, bundle], { quiet: true });
  }
}

function allProjects() {
  const folders = PROJECT_PARENTS.flatMap((parent) =>
    readdirSync(join(ROOT, parent)).map((name) => join(parent, name)),
  );
  return [...folders, ...SINGLE_PROJECTS].filter((folder) => existsSync(join(ROOT, folder, CONFIGURATION)));
}
