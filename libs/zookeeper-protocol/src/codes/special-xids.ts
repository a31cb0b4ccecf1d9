/** Transaction ids that mark messages beside the numbered requests. */
export const SPECIAL_XIDS = { watchEvent: -1, ping: -2, auth: -4, setWatches: -8 } as const;
