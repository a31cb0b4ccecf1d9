// The store of the ingest benchmark, in a process of its own.
import { timeseriesCommand } from '@atalaya/dev';

await timeseriesCommand(process.argv.slice(2));
