// npm start: the whole system on this machine.
import { APPS, build } from './build-projects.mjs';
import { install } from './install.mjs';
import { zookeeper } from './requirements.mjs';
import { runRootCommand } from './run-command.mjs';

await runRootCommand(async () => {
  await install([zookeeper]);
  await build(['tools/dev', ...APPS]);
  const { startCommand } = await import('@atalaya/dev');
  await startCommand(process.argv.slice(2));
});
