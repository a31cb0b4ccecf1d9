export {
  AGGREGATORS,
  REDUCERS,
  type Aggregation,
  type Aggregator,
  type BucketTimestamp,
  type Reducer,
} from './aggregation.js';
export { addAll, type BatchOptions } from './batch.js';
export { send, sendAll, type Settled, type SettledAll } from './client.js';
export { type Command, type ResultOf } from './command.js';
export {
  tsAdd,
  tsDecrBy,
  tsIncrBy,
  tsMAdd,
  type AddTimestamp,
  type IncrementOptions,
  type KeyedSample,
} from './commands/add.js';
export { tsAlter, tsCreate } from './commands/create.js';
export { tsDel } from './commands/delete.js';
export { tsGet, type GetOptions } from './commands/get.js';
export { tsInfo, type CompactionRule, type SeriesInfo } from './commands/info.js';
export { tsMGet, type LatestSample, type MGetOptions } from './commands/mget.js';
export { tsMRange, tsMRevRange, type MRangeOptions, type SeriesRange } from './commands/mrange.js';
export { tsQueryIndex } from './commands/query-index.js';
export { tsRange, tsRevRange, type RangeBound, type RangeOptions } from './commands/range.js';
export { tsCreateRule, tsDeleteRule, type RuleOptions } from './commands/rules.js';
export { codeOfErrorText, isRetryable, TimeSeriesError, type TimeSeriesErrorCode } from './errors.js';
export { type Filter } from './filter.js';
export { type LabelSelection } from './label-selection.js';
export { decodeValue, encodeValue, type Sample, type Timestamp } from './sample.js';
export {
  DUPLICATE_POLICIES,
  type AddOptions,
  type AlterOptions,
  type DuplicatePolicy,
  type Labels,
  type SeriesOptions,
} from './series-options.js';
