import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compiler } from './requirements.mjs';
import { RequirementMissing, ROOT, runCommand } from './run-command.mjs';

/** @import { Requirement } from './requirements.mjs' */

const STAMP = join(ROOT, 'node_modules', '.cache', 'atalaya-install');

/**
 * Installs what is missing: system packages where this user may (root, or sudo without a password), and the npm
 * dependencies of the lock file.
 *
 * @param {Requirement[]} requirements besides the compiler, which the npm dependencies need
 * @throws {RequirementMissing} naming everything that is missing and each way to get it
 */
export async function install(requirements) {
  checkNodeVersion();
  const dependenciesMissing = !dependenciesAreInstalled();
  const needed = dependenciesMissing ? [compiler, ...requirements] : requirements;
  const missing = needed.filter((requirement) => !requirement.present());
  const installer = missing.length === 0 ? undefined : findInstaller();
  if (missing.length > 0 && installer === undefined) throw new RequirementMissing(describe(missing));

  if (installer !== undefined && missing.includes(compiler)) {
    await installPackages(installer, missing);
    await installDependencies();
    return;
  }
  await Promise.all([
    installer === undefined ? undefined : installPackages(installer, missing),
    dependenciesMissing ? installDependencies() : undefined,
  ]);
}

function checkNodeVersion() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new RequirementMissing(`Atalaya needs Node.js 20.19 or later; this is ${process.version}.`);
  }
}

/** @param {Requirement[]} missing */
function describe(missing) {
  const parts = missing.map(
    ({ name, ways }) => `  ${name}:\n${ways.map((way) => `    - ${way}`).join('\n')}`,
  );
  return `Missing on this machine, and this user may not install it (neither root nor sudo without a password):\n${parts.join('\n')}`;
}

/** @returns {string[] | undefined} the words with which a command that installs packages begins */
function findInstaller() {
  if (spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0) return undefined;
  if (process.getuid?.() === 0) return [];
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n'] : undefined;
}

/**
 * @param {string[]} installer
 * @param {Requirement[]} missing
 */
async function installPackages(installer, missing) {
  const packages = missing.flatMap((requirement) => requirement.packages);
  process.stdout.write(`Installing the system packages ${packages.join(', ')} …\n`);
  const apt = [
    ...installer,
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    'apt-get',
    '-o',
    'DPkg::Lock::Timeout=120',
  ];
  await runCommand([...apt, 'update'], { quiet: true });
  await runCommand([...apt, 'install', '--yes', '--no-install-recommends', ...packages], { quiet: true });
  const stillMissing = missing.filter((requirement) => !requirement.present());
  if (stillMissing.length > 0) throw new RequirementMissing(describe(stillMissing));
}

function lockFileHash() {
  return createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .update(process.versions.modules)
    .digest('hex');
}

function dependenciesAreInstalled() {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === lockFileHash();
}

async function installDependencies() {
  process.stdout.write('Installing the npm dependencies …\n');
  await runCommand(['npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error'], { quiet: true });
  mkdirSync(join(STAMP, '..'), { recursive: true });
  writeFileSync(STAMP, lockFileHash());
}
