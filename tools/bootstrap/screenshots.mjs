// npm run screenshots: pictures of the pages of a running system, for the docs.
import { APPS, build } from './build-projects.mjs';
import { install } from './install.mjs';
import { browser, zookeeper } from './requirements.mjs';
import { runRootCommand } from './run-command.mjs';

await runRootCommand(async () => {
  await install([zookeeper, browser]);
  await build(['tools/screenshots', ...APPS]);
  const { screenshotsCommand } = await import('@atalaya/screenshots');
  await screenshotsCommand(process.argv.slice(2));
});
