const EVENT_ID = /^(\d{1,20})-(\d{1,20})$/;

/** True for the id of a stream's entry; ids come back from clients, thus from anybody. */
export function isEventId(id: string | undefined): id is string {
  return id !== undefined && EVENT_ID.test(id);
}

/** Negative, 0 or positive, as `a` comes before, is or comes after `b`. */
export function compareEventIds(a: string, b: string): number {
  const [timeA, sequenceA] = partsOf(a);
  const [timeB, sequenceB] = partsOf(b);
  if (timeA !== timeB) return timeA < timeB ? -1 : 1;
  if (sequenceA !== sequenceB) return sequenceA < sequenceB ? -1 : 1;
  return 0;
}

function partsOf(id: string): [time: bigint, sequence: bigint] {
  const [time = '0', sequence = '0'] = id.split('-');
  return [BigInt(time), BigInt(sequence)];
}
