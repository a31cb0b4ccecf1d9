/** The Redis whose answers this server gives. */
export const COMPATIBLE_REDIS_VERSION = '8.0.6';

/** Numbers of the RedisTimeSeries versions that it can be asked to answer as. */
export const MODULE_VERSIONS = { '8.10': 81_000, '8.6': 80_600 } as const;
