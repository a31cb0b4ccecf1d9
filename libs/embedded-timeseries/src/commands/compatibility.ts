/** The Redis and the RedisTimeSeries whose answers this server gives. */
export const COMPATIBLE_REDIS_VERSION = '7.4.1';
/** Version 8.10.0. */
export const COMPATIBLE_MODULE_VERSION = 81_000;
