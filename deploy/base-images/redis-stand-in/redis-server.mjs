// `redis-server FILE`, answered by the embedded time series, for machines that cannot get Redis with RedisTimeSeries.
// Of the configuration it heeds port, dir and requirepass, and follows include.
import { readFileSync } from 'node:fs';
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
  host: '0.0.0.0',
  port: Number(directives.get('port') ?? 6379),
  scripts: measurementScripts,
  ...(password === undefined ? {} : { password }),
});
console.log(`ready on port ${server.port}`);
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => {
    void server.close();
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
