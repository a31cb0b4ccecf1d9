// npm run e2e:swarm: the stack on this machine's Docker engine, under faults.
import { build } from './build-projects.mjs';
import { install } from './install.mjs';
import { runRootCommand } from './run-command.mjs';

await runRootCommand(async () => {
  await install([]);
  await build(['deploy']);
  const { e2eCommand } = await import('@atalaya/deploy');
  await e2eCommand(process.argv.slice(2));
});
