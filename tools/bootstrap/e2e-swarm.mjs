// npm run e2e:swarm: the stack on this machine's Docker engine, under faults.
import { install } from './install.mjs';
import { build } from './nx.mjs';
import { runRootCommand } from './run-command.mjs';

await runRootCommand(async () => {
  await install([]);
  await build(['@atalaya/deploy']);
  const { e2eCommand } = await import('@atalaya/deploy');
  await e2eCommand(process.argv.slice(2));
});
