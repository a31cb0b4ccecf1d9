// Copies what one app needs at run time from an installed and built workspace: the app, the workspace packages and the
// npm packages that it reaches through `dependencies`, each where it was, so that Node resolves them as before.
//
//   node deploy/images/runtime-tree.mjs <workspace> <app folder> <target> [file for the top of the target …]
//
// With SOURCE_DATE_EPOCH in the environment (s) every file and folder bears that time: equal trees make equal layers.
import {
  cpSync,
  existsSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';

/**
 * What a package has that only its installation or its developers need. `lib` and the compiled addon are all that the
 * ZooKeeper client loads: its sources and those of the C library are ten times as large.
 */
const ONLY = { zookeeper: ['package.json', 'LICENSE-MIT.txt', 'lib', 'build/Release/zookeeper.node'] };
const INSTALL_ONLY = { zookeeper: ['nan', 'shelljs', 'tar'] };
/** What a workspace package has at run time: what is built, and the files that its pages load. */
const OWN = ['package.json', 'dist', 'public'];
/** Read by compilers and people, not by Node. */
const UNUSED = /\.([cm]?ts|map|md|tsbuildinfo)$/i;
const LICENCE = /licen[cs]e|notice|copying/i;

const [workspace, app, target, ...files] = process.argv.slice(2);
if (!workspace || !app || !target) {
  console.error('Usage: node runtime-tree.mjs <workspace> <app folder> <target> [file …]');
  process.exit(64);
}
const root = realpathSync(workspace);
const created = mkdirSync(target, { recursive: true }) ?? target;

/** Folders to copy, by path relative to the workspace, with the name that dependents know them by. */
const folders = new Map();
/** Links from `node_modules` to workspace packages. */
const links = new Map();
visit(realpathSync(join(root, app)));

for (const [folder, name] of folders) {
  const from = join(root, folder);
  if (folder.split(sep).includes('node_modules')) copy(from, folder, ONLY[name] ?? ['.'], false);
  else
    copy(
      from,
      folder,
      OWN.filter((entry) => entry !== 'public' || existsSync(join(from, entry))),
      true,
    );
}
for (const [link, folder] of links) {
  const path = join(target, link);
  mkdirSync(dirname(path), { recursive: true });
  // A copied link would point into the old workspace; a relative one is right wherever the tree ends up.
  symlinkSync(relative(dirname(path), join(target, folder)), path);
}
for (const file of files) cpSync(join(root, file), join(target, basename(file)));
if (process.env.SOURCE_DATE_EPOCH) setTimes(created, Number(process.env.SOURCE_DATE_EPOCH));

function visit(directory) {
  const folder = relative(root, directory);
  if (folders.has(folder)) return;
  const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  folders.set(folder, manifest.name);
  const names = { ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.peerDependencies };
  for (const name of Object.keys(names)) {
    if (INSTALL_ONLY[manifest.name]?.includes(name)) continue;
    const found = resolve(name, directory);
    if (found === undefined) {
      const mayLack =
        manifest.optionalDependencies?.[name] !== undefined ||
        manifest.peerDependencies?.[name] !== undefined;
      if (mayLack) continue;
      throw new Error(`${manifest.name} needs ${name}, which is not installed: run npm ci in ${root}`);
    }
    const real = realpathSync(found);
    if (real !== found) links.set(relative(root, found), relative(root, real));
    visit(real);
  }
}

/** Where Node would find the package `name` from `directory`. */
function resolve(name, directory) {
  for (let at = directory; at.startsWith(root); at = dirname(at)) {
    if (basename(at) === 'node_modules') continue;
    const candidate = join(at, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
  }
  return undefined;
}

function copy(from, folder, entries, withMaps) {
  for (const entry of entries) {
    const source = join(from, entry);
    if (!existsSync(source)) throw new Error(`${source} is missing: build the workspace first`);
    cpSync(source, join(target, folder, entry), {
      recursive: true,
      filter: (path) => {
        const inside = relative(from, path).split(sep);
        // Nested packages are copied when something needs them.
        if (inside.includes('node_modules')) return false;
        return !UNUSED.test(path) || LICENCE.test(basename(path)) || (withMaps && path.endsWith('.js.map'));
      },
    });
  }
}

/** What is inside first: to write in a folder changes its time. */
function setTimes(directory, seconds) {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) setTimes(path, seconds);
    else lutimesSync(path, seconds, seconds);
  }
  lutimesSync(directory, seconds, seconds);
}
