// Loaded into the ingest API before its program: its wall clock stands back by so many ms as CLOCK_SHIFT_MS says, or as
// the parent process said last, so that hours of ticks pass in minutes.
const realNow = Date.now;

let shiftMs = Number(process.env.CLOCK_SHIFT_MS ?? 0);
Date.now = () => realNow() - shiftMs;
process.on('message', (message: { shiftMs: number }) => {
  shiftMs = message.shiftMs;
  process.send?.('shifted');
});
// What was listened for just now is not to keep the process alive.
process.channel?.unref();
