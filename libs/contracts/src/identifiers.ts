import { z } from 'zod';

/** The largest timestamp that a JavaScript `Date` can hold, in ms. */
const MAX_TIMESTAMP_MS = 8_640_000_000_000_000;

/** Milliseconds since the Unix epoch, a non-negative integer. */
export const timestampSchema = z.int().min(0).max(MAX_TIMESTAMP_MS);

/** Name of a group of sensors: 1 to 64 letters, digits, `.`, `_` or `-`; it is part of Redis keys. */
export const groupSchema = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}$/, "must be 1 to 64 letters, digits, '.', '_' or '-'");

/**
 * Id of a sensor: the name of its znode, thus any text of 1 to 128 characters without `/` and without control
 * characters. Ids come from whoever may write to ZooKeeper: escape them wherever they are shown.
 */
export const sensorIdSchema = z
  .string()
  .min(1)
  .max(128)
  // eslint-disable-next-line no-control-regex -- control characters are what is refused here
  .regex(/^[^/\u0000-\u001f\u007f-\u009f]+$/, "must not contain '/' or control characters");

/** Id of a candidate for leadership: any text of 1 to 128 characters without control characters. */
export const candidateIdSchema = z
  .string()
  .min(1)
  .max(128, 'must have at most 128 characters')
  // eslint-disable-next-line no-control-regex -- control characters are what is refused here
  .regex(/^[^\u0000-\u001f\u007f-\u009f]+$/, 'must not be empty or contain control characters');

/** The largest transaction id that a ZooKeeper, where it is a signed 64-bit number, can issue. */
const MAX_FENCING_TOKEN = 2n ** 63n - 1n;

/**
 * Fencing token of a leader's term: the czxid of its znode as decimal text, from 0 to 2^63 - 1. A larger one would lock
 * every leader out for good.
 */
export const fencingTokenSchema = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,19})$/, 'must be a decimal number of at most 20 digits without leading zeros')
  .refine((token) => token.length < 19 || BigInt(token) <= MAX_FENCING_TOKEN, {
    message: `must be at most ${MAX_FENCING_TOKEN}: no ZooKeeper issues a larger one`,
  });
