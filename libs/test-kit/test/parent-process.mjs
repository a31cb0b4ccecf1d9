// A program that starts a server and a process and waits to be ended; it is run on the built package.
import { dirname } from 'node:path';
import { runProcess, startZooKeeper } from '../dist/index.js';

const zk = await startZooKeeper({ controllable: true });
const [server] = zk.servers;
const dataFolder = /^dataDir=(.*)$/m.exec(await server.fourLetterWord('conf'))[1];
const running = runProcess(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
process.stdout.write(
  JSON.stringify({
    serverPid: server.pid,
    processPid: running.pid,
    folder: dirname(dirname(dirname(dataFolder))),
  }),
);
process.stdin.on('end', () => process.exit(0)).resume();
