// npm run zookeeper: a development ZooKeeper alone.
import { install } from './install.mjs';
import { build } from './nx.mjs';
import { zookeeper } from './requirements.mjs';
import { runRootCommand } from './run-command.mjs';

await runRootCommand(async () => {
  await install([zookeeper]);
  await build(['@atalaya/dev']);
  const { zookeeperCommand } = await import('@atalaya/dev');
  await zookeeperCommand(process.argv.slice(2));
});
