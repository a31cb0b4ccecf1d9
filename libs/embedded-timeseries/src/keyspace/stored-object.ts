import { type Series } from '../series/series.js';
import { type HashValue } from './hash-value.js';
import { type StreamValue } from './stream-value.js';
import { type StringValue } from './string-value.js';

/** What a key can hold; `type` is what the command TYPE answers, `useMark` is the object cache's note of its last uses. */
export type StoredObject = Series | HashValue | StreamValue | StringValue;
