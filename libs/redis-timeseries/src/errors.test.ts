import { codeOfErrorText, isRetryable, TimeSeriesError } from './errors.js';

describe('the code of an error does not depend on the version of the server', () => {
  test.each([
    // RedisTimeSeries 8.10, then 1.12 and earlier.
    ['ERR TSDB: the key does not exist', 'KEY_NOT_FOUND'],
    ['TSDB: the key does not exist', 'KEY_NOT_FOUND'],
    ['ERR TSDB: key already exists', 'KEY_EXISTS'],
    ['TSDB: key already exists', 'KEY_EXISTS'],
    ['ERR TSDB: the key is not a TSDB key', 'WRONG_TYPE'],
    ['TSDB: the key is not a TSDB key', 'WRONG_TYPE'],
    ['ERR WRONGTYPE Operation against a key holding the wrong kind of value', 'WRONG_TYPE'],
    ['WRONGTYPE Operation against a key holding the wrong kind of value', 'WRONG_TYPE'],
    ['ERR TSDB: Timestamp is older than retention', 'OLDER_THAN_RETENTION'],
    ['TSDB: Timestamp is older than retention', 'OLDER_THAN_RETENTION'],
    [
      'ERR TSDB: Error at upsert, update is not supported when DUPLICATE_POLICY is set to BLOCK mode, or either current or new value is NaN and DUPLICATE_POLICY is MAX/MIN/SUM',
      'DUPLICATE_BLOCKED',
    ],
    ['TSDB: Error at upsert, update is not supported in BLOCK mode', 'DUPLICATE_BLOCKED'],
    [
      'TSDB: timestamp must be equal to or higher than the maximum existing timestamp',
      'TIMESTAMP_NOT_NEWEST',
    ],
    ['ERR TSDB: compaction rule does not exist', 'RULE_NOT_FOUND'],
    ['ERR TSDB: the destination key already has a src rule', 'RULE_CONFLICT'],
    ['ERR TSDB: the source key and destination key should be different', 'RULE_CONFLICT'],
    ['TSDB: the source key already has a source rule', 'RULE_CONFLICT'],
    ['ERR TSDB: the destination key already has a dst rule', 'RULE_CONFLICT'],
    ["ERR TSDB: Couldn't parse AGGREGATION", 'INVALID_ARGUMENT'],
    ["ERR wrong number of arguments for 'ts.add' command", 'INVALID_ARGUMENT'],
    ["ERR unknown command 'TS.ADD', with args beginning with: 'a' '1' '2' ", 'MODULE_MISSING'],
    ['ERR Unknown Redis command called from script script: 5320, on @user_script:6.', 'MODULE_MISSING'],
    ['LOADING Redis is loading the dataset in memory', 'SERVER_UNAVAILABLE'],
    ["OOM command not allowed when used memory > 'maxmemory'.", 'SERVER_UNAVAILABLE'],
    ["READONLY You can't write against a read only replica.", 'SERVER_UNAVAILABLE'],
    ['CLUSTERDOWN The cluster is down', 'SERVER_UNAVAILABLE'],
    ['NOAUTH Authentication required.', 'NOT_PERMITTED'],
    ["NOPERM this user has no permissions to run the 'ts.add' command", 'NOT_PERMITTED'],
    ["ERR TSDB: current user doesn't have read permission to one or more keys", 'NOT_PERMITTED'],
    ['ERR something new', 'SERVER_ERROR'],
  ])('%s', (text, code) => {
    expect(codeOfErrorText(text)).toBe(code);
  });
});

test('only a server that cannot serve now is worth another try', () => {
  expect(isRetryable(new TimeSeriesError('SERVER_UNAVAILABLE', 'm'))).toBe(true);
  expect(isRetryable(new TimeSeriesError('KEY_NOT_FOUND', 'm'))).toBe(false);
});
