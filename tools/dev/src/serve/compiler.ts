// What builds the served apps again when sources change: node dist/serve/compiler.js. One compiler for the three apps and
// their libraries, and the bundler of the pages.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';
import { runCommandLine } from '../command-line.js';
import { aborted, stopRequest } from '../stop-request.js';
import { BuildQueue } from './build-queue.js';
import { builtFolders } from './built-projects.js';
import { markBuild } from './rebuilds.js';

const APPS = ['sensor-agent', 'leader-aggregator', 'ingest-api'];
const LABEL = 'compiler'.padEnd(12);

const require = createRequire(import.meta.url);
const folderOf = (project: string): string => dirname(require.resolve(`${project}/package.json`));
const apps = APPS.map((app) => folderOf(`@atalaya/${app}`));

await runCommandLine(async () => {
  const signal = stopRequest();
  const projects = new Set(APPS.flatMap(builtFolders).map(dirname));
  const sources = [...projects].map((project) => join(project, 'src')).filter((folder) => existsSync(folder));
  new BuildQueue(sources, build, signal);
  print(`watching the sources of ${projects.size} projects`);
  await aborted(signal);
});

async function build(): Promise<void> {
  const begun = performance.now();
  // The watching mode of this compiler was seen to miss a change that came during a build: each build is a process.
  const compiler = join(folderOf('@typescript/native-preview'), 'bin', 'tsgo');
  const configurations = apps.map((folder) => join(folder, 'tsconfig.build.json'));
  let done = await run([compiler, '--build', '--pretty', 'false', ...configurations]);
  for (const bundle of apps.map((folder) => join(folder, 'bundle.mjs')).filter((file) => existsSync(file))) {
    done = done && (await run([bundle]));
  }
  if (done) print(`built in ${((performance.now() - begun) / 1_000).toFixed(1)} s`);
  else print('the build has failed; the services go on as they are');
  await markBuild();
}

/** Runs a module with its output shown; whether it succeeded. */
async function run(module: readonly string[]): Promise<boolean> {
  const child = spawn(process.execPath, module, { stdio: ['ignore', 'pipe', 'pipe'] });
  for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', print);
  const [code] = (await once(child, 'close')) as [number | null];
  return code === 0;
}

function print(line: string): void {
  const text = stripVTControlCharacters(line).trimEnd();
  if (text !== '') process.stdout.write(`${LABEL} ${text}\n`);
}
