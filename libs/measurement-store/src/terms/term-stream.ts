/**
 * Entries that a group's stream of terms keeps, approximately: of a term that is over, of about 150 bytes, and of how one
 * ended. A leader that changes every hour fills it in over half a year.
 */
export const TERM_STREAM_LENGTH = 10_000;
