export {
  AGGREGATORS,
  REDUCERS,
  type Aggregation,
  type Aggregator,
  type Buckets,
  type BucketTimestamp,
  type MultiAggregation,
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
export {
  tsInfo,
  type ChunkInfo,
  type CompactionRule,
  type SeriesDebugInfo,
  type SeriesInfo,
} from './commands/info.js';
export { tsMGet, type LatestSample, type MGetOptions } from './commands/mget.js';
export {
  tsMRange,
  tsMRevRange,
  type MRangeOptions,
  type RowMRangeOptions,
  type SeriesRange,
  type SeriesRows,
} from './commands/mrange.js';
export { tsNRange, tsNRevRange, type KeyedAggregation, type NRangeOptions } from './commands/nrange.js';
export { tsQueryIndex } from './commands/query-index.js';
export { tsQueryLabels, tsQueryLabelValues } from './commands/query-labels.js';
export {
  tsRange,
  tsRevRange,
  type RangeBound,
  type RangeOptions,
  type RowRangeOptions,
  type SampleSelection,
} from './commands/range.js';
export { tsRead, type ReadCursor, type ReadOptions } from './commands/read.js';
export { tsCreateRule, tsDeleteRule, type RuleOptions } from './commands/rules.js';
export { codeOfErrorText, isRetryable, TimeSeriesError, type TimeSeriesErrorCode } from './errors.js';
export { type Filter } from './filter.js';
export { type LabelSelection } from './label-selection.js';
export { decodeValue, encodeValue, type Sample, type SampleRow, type Timestamp } from './sample.js';
export {
  DUPLICATE_POLICIES,
  type AddOptions,
  type AlterOptions,
  type DuplicatePolicy,
  type Labels,
  type SeriesOptions,
} from './series-options.js';
