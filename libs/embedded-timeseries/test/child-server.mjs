// Runs the built server in a process of its own, for tests that kill it. Arguments: data folder, port (0: any), bytes of the journal.
import { startEmbeddedTimeSeries } from '../dist/index.js';

const [dataDir, port = '0', journalBytes] = process.argv.slice(2);
try {
  const server = await startEmbeddedTimeSeries({
    dataDir,
    port: Number(port),
    ...(journalBytes && { journalBytes: Number(journalBytes) }),
  });
  process.stdout.write(`ready ${server.port}\n`);
  process.once('SIGTERM', () => void server.close().then(() => process.exit(0)));
} catch (error) {
  process.stdout.write(`${error.code} ${error.message}\n`);
  process.exit(1);
}
