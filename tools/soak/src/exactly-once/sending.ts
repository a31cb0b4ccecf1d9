/** One report that is to be sent, perhaps one of several for its tick. */
export interface Sending {
  readonly timestamp: number;
  readonly value: number;
  /** Sent with the token of a term that is over: it must be refused. */
  readonly stale: boolean;
}

export interface SendingPlan {
  ticks: number;
  random: () => number;
  firstTick: number;
  tickMs: number;
}

/** How far a report may be moved from its place in the order of ticks. */
const REORDERING = 200;
const DUPLICATED = 0.3;
const STALE = 0.02;

/**
 * All reports of a run in the order in which they are sent: every tick once; some a second and a third time with
 * another value; and some further ticks that only a leader whose term is over reports.
 */
export function planSendings({ ticks, random, firstTick, tickMs }: SendingPlan): Sending[] {
  const placed: { place: number; sending: Sending }[] = [];
  const place = (index: number, sending: Sending): void => {
    placed.push({ place: index + random() * REORDERING, sending });
  };
  for (let index = 0; index < ticks; index += 1) {
    const timestamp = firstTick + index * tickMs;
    place(index, { timestamp, value: index, stale: false });
    for (let copy = 1; copy <= 2 && random() < DUPLICATED; copy += 1) {
      place(index, { timestamp, value: index + copy / 4, stale: false });
    }
    // Beside the ticks proper, so that a single one that was stored would show.
    if (random() < STALE) place(index, { timestamp: timestamp + 1, value: -1, stale: true });
  }
  return placed.sort((a, b) => a.place - b.place).map(({ sending }) => sending);
}
