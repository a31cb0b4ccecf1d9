/** Where a znode stands in its queue. */
export interface QueuePlace {
  /** Name of the znode whose end it waits for; undefined where it waits for nobody. */
  readonly behind: string | undefined;
}

/** How those who queue under one path name their znodes, and for whom each of them waits. */
export interface QueueProtocol {
  /** Stands in the names between the random digits and the sequence number. */
  readonly nodeName: string;
  /** The place of the named child; undefined where it is not in the queue. */
  readonly placeOf: (children: readonly string[], name: string) => QueuePlace | undefined;
}
