// The ZooKeeper that the apps' `serve` targets rely on: the one that is there, or one of its own until it is stopped.
import { isPortFree, startZooKeeper } from '@atalaya/test-kit';
import { runCommandLine } from '../command-line.js';
import { aborted, stopRequest } from '../stop-request.js';

const CLIENT_PORT = 2181;

await runCommandLine(async () => {
  const signal = stopRequest();
  const named = process.env.ZOOKEEPER_HOSTS ?? process.env.ZOOKEEPER_HOST ?? '';
  if (named !== '') {
    process.stdout.write(`The services use the ZooKeeper that the environment names: ${named}\n`);
    await aborted(signal);
  } else if (!(await isPortFree(CLIENT_PORT))) {
    process.stdout.write(`The services use the ZooKeeper that listens on port ${CLIENT_PORT}\n`);
    await aborted(signal);
  } else {
    await using zookeeper = await startZooKeeper({ port: CLIENT_PORT });
    process.stdout.write(`ZooKeeper: ${zookeeper.connectString}\n`);
    await aborted(signal);
  }
});
