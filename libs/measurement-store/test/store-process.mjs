// Runs the built embedded server with the store's scripts in a process of its own, for tests that kill it.
// Arguments: data folder, port.
import { startEmbeddedTimeSeries } from '@atalaya/embedded-timeseries';
import { measurementScripts } from '../dist/index.js';

const [dataDir, port] = process.argv.slice(2);
const server = await startEmbeddedTimeSeries({ dataDir, port: Number(port), scripts: measurementScripts });
process.stdout.write(`ready ${server.port}\n`);
