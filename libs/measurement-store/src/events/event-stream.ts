/**
 * Entries that a group's stream keeps, approximately: at one tick in 5 s, those of about 80 minutes. An entry of a batch
 * carries up to 100 measurements of about 40 bytes, thus the stream at most some 8 MB.
 */
export const EVENT_STREAM_LENGTH = 2_000;
