export { send } from './client.js';
export { tsGet, type GetOptions } from './commands/get.js';
export { tsRange, tsRevRange, type RangeBound, type RangeOptions } from './commands/range.js';
export { type Command } from './command.js';
export { codeOfErrorText, TimeSeriesError, type TimeSeriesErrorCode } from './errors.js';
export { decodeValue, encodeValue, type Sample, type Timestamp } from './sample.js';
