export { parseOptions, runCommandLine, UsageError, wholeNumber } from './command-line.js';
export { startCommand } from './start-command.js';
export { timeseriesCommand } from './timeseries-command.js';
export { zookeeperCommand } from './zookeeper-command.js';
export { stopRequest } from './stop-request.js';
