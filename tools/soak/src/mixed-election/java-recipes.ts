import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProcess, type RunningProcess } from '@atalaya/test-kit';

/** Where Debian's packages libzookeeper-java, libslf4j-java and their dependencies put their classes. */
const FOLDER = '/usr/share/java';
const ARCHIVES = [
  'zookeeper.jar',
  'zookeeper-jute.jar',
  'zookeeper-recipes-lock.jar',
  'zookeeper-recipes-election.jar',
  'slf4j-api.jar',
  'slf4j-nop.jar',
  'netty-all.jar',
];

export type JavaRecipe = 'WriteLock' | 'LeaderElectionSupport';

/** What is missing to run the Java recipes; empty where nothing is. A runtime without the compiler does not do. */
export function missingForJavaRecipes(): string[] {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const missing = ARCHIVES.map((name) => join(FOLDER, name)).filter((path) => !isReadable(path));
  if (!folders.some((folder) => isReadable(join(folder, 'javac')))) missing.unshift('javac');
  return missing;
}

/** Compiles and runs a contender of the recipe. */
export function startJavaRecipe(recipe: JavaRecipe, hosts: string, path: string): RunningProcess {
  const source = fileURLToPath(new URL('../../programs/JavaRecipes.java', import.meta.url));
  const classPath = ARCHIVES.map((name) => join(FOLDER, name)).join(delimiter);
  const words = ['-XX:TieredStopAtLevel=1', '-cp', classPath, source, recipe, hosts, path];
  return runProcess('java', words, { name: recipe });
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
