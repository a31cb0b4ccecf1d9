import { type Database } from '../../keyspace/database.js';
import { ErrorReply } from '../../protocol/reply.js';
import { Series } from '../../series/series.js';
import { timeSeriesError } from './options.js';

/** The series of a key. @throws ErrorReply where there is none, or something else. */
export function requireSeries(database: Database, key: string): Series {
  const object = database.get(key);
  if (object === undefined) throw timeSeriesError('the key does not exist');
  if (!(object instanceof Series)) throw seriesWrongType();
  return object;
}

/** The module puts its own code in front of Redis' text. */
export function seriesWrongType(): ErrorReply {
  return new ErrorReply('ERR WRONGTYPE Operation against a key holding the wrong kind of value');
}
