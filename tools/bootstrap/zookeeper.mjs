// npm run zookeeper: a development ZooKeeper alone.
import { build } from './build-projects.mjs';
import { install } from './install.mjs';
import { zookeeper } from './requirements.mjs';
import { runRootCommand } from './run-command.mjs';

await runRootCommand(async () => {
  await install([zookeeper]);
  await build(['tools/dev']);
  const { zookeeperCommand } = await import('@atalaya/dev');
  await zookeeperCommand(process.argv.slice(2));
});
