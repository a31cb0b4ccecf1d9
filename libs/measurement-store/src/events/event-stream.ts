/** Events that a group's stream keeps, approximately: at one tick in 5 s, those of about 80 minutes. */
export const EVENT_STREAM_LENGTH = 2_000;
