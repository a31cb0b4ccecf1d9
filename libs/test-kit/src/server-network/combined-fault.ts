import { type Fault } from '../fault-proxy/faults.js';

/** Faults at several places that are lifted together. */
export class CombinedFault implements Fault {
  constructor(private readonly parts: readonly Fault[]) {}

  get hits(): number {
    return this.parts.reduce((sum, { hits }) => sum + hits, 0);
  }

  async lift(): Promise<void> {
    await Promise.all(this.parts.map((part) => part.lift()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.lift();
  }
}
