// Records what other clients and a real server send for each operation: node capture.mjs, in a built workspace.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
// eslint-disable-next-line @nx/enforce-module-boundaries -- a tool of the tests, which use the test kit
import { startZooKeeper } from '@atalaya/test-kit';
import { FrameDecoder } from '@atalaya/zookeeper-protocol';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const zooKeeper = await startZooKeeper({ javaOptions: ['-Dzookeeper.extendedTypesEnabled=true'] });
const [{ host, port }] = zooKeeper.servers;
let frames = [];

function record(source, target, from) {
  const decoder = new FrameDecoder();
  source.on('data', (chunk) => {
    decoder.push(chunk);
    for (let frame = decoder.next(); frame; frame = decoder.next()) {
      frames.push(`${from} ${frame.toString('hex')}`);
    }
    target.write(chunk);
  });
  source.on('error', () => {});
  source.on('close', () => target.destroy());
}

const recorder = createServer((client) => {
  const server = connect({ host, port });
  record(client, server, 'client');
  record(server, client, 'server');
});
recorder.listen(0, '127.0.0.1');
await once(recorder, 'listening');
const hosts = `127.0.0.1:${recorder.address().port}`;

const clients = {
  java: ['java', '-cp', '/usr/share/java/*', here('Golden.java'), hosts],
  kazoo: ['/usr/bin/python3', here('golden_kazoo.py'), hosts],
};
for (const [name, [command, ...args]] of Object.entries(clients)) {
  frames = [];
  await promisify(execFile)(command, args);
  writeFileSync(here(`../../../zookeeper-protocol/test/fixtures/${name}.txt`), `${frames.join('\n')}\n`);
  console.log(`${name}: ${frames.length} frames`);
}
recorder.close();
await zooKeeper.close();
