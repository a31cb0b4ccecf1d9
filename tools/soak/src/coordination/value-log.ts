/** What a sensor process saw after the faults: the members of its group and who leads. */
export interface Sighting {
  readonly process: string;
  readonly stale: boolean;
  readonly invalid: number;
  readonly members: Readonly<Record<string, string>>;
  readonly leader: string | null;
}

/** The value that each sensor set last, and what the sensor processes see. */
export class ValueLog {
  readonly latest = new Map<string, string>();
  readonly sightings = new Map<string, Sighting & { readonly receivedAtMs: number }>();
  sets = 0;
  #frozen = false;

  /** From now on no value may change, save by a process that starts. */
  freeze(): void {
    this.#frozen = true;
  }

  /** Whether the value may be set; it then counts as the latest. The first one of a process always may. */
  announce(id: string, value: string, first: boolean): boolean {
    if (this.#frozen && !first) return false;
    this.latest.set(id, value);
    this.sets += 1;
    return true;
  }

  sighted(sighting: Sighting): void {
    this.sightings.set(sighting.process, { ...sighting, receivedAtMs: performance.now() });
  }
}
