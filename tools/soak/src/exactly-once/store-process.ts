// The store of the run, in a process of its own that can be killed.
import { timeseriesCommand } from '@atalaya/dev';

await timeseriesCommand(process.argv.slice(2));
