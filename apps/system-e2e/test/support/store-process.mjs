// What `npm run timeseries` runs once everything is installed and built.
import { timeseriesCommand } from '@atalaya/dev';

const { STORE_PORT = '', STORE_FOLDER = '' } = process.env;
await timeseriesCommand(['--port', STORE_PORT, '--data', STORE_FOLDER]);
