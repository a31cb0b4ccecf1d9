// `redis-server FILE`, answered by the embedded time series, for machines that cannot get Redis with RedisTimeSeries.
// Of the configuration it heeds port, dir and requirepass, and follows include.
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { startEmbeddedTimeSeries } from '@atalaya/embedded-timeseries';
import { measurementScripts } from '@atalaya/measurement-store';

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('Usage: redis-server FILE');
  process.exit(64);
}
const directives = new Map(read(file));
const password = directives.get('requirepass');
const server = await startEmbeddedTimeSeries({
  dataDir: directives.get('dir') ?? '.',
  port: 0,
  scripts: measurementScripts,
  ...(password === undefined ? {} : { password }),
});
// The embedded time series listens on loopback only: who comes over the stack's network is passed on to it.
const gate = createServer((client) => {
  const inner = connect(server.port, '127.0.0.1');
  for (const [one, other] of [
    [client, inner],
    [inner, client],
  ]) {
    one.setNoDelay(true).pipe(other);
    one.on('error', () => other.destroy()).on('close', () => other.destroy());
  }
});
gate.listen(Number(directives.get('port') ?? 6379), () => {
  console.log('ready');
});
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => {
    gate.close();
    void server.close().then(() => process.exit(0));
  });
}

function read(path) {
  return readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .flatMap((line) => {
      const [name, ...values] = line.split(/\s+/);
      const value = values.join(' ');
      return name === 'include' ? read(value) : [[name, value]];
    });
}
