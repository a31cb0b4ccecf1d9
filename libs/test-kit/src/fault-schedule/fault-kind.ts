/** Undoes a fault. */
export type Heal = () => Promise<void>;

/** One sort of fault that a {@link FaultSchedule} injects. */
export interface FaultKind {
  /** For the plan and for messages, such as `kill server`. */
  readonly name: string;
  /**
   * What it can hit. Names tell targets apart across kinds: no target is hit by two faults at a time, so that a server
   * is not killed while it is paused.
   */
  readonly targets: readonly string[];
  /** Targets, of other kinds too, that it hits beside its own: no other fault hits them meanwhile. */
  readonly alsoHits?: readonly string[];
  /** How long it lasts before it is healed; without this it is over when it is injected. */
  readonly lastsMs?: { readonly min: number; readonly max: number };
  /** How often it is drawn, relative to the others; 1 by default. */
  readonly weight?: number;
  /**
   * Injects the fault.
   *
   * @param target index in `targets`
   * @param draw a whole number from 0 to 2^32 - 1 out of the plan, for whatever else is left to chance, so that a
   *   replay draws the same
   * @returns how to undo it, where there is something to undo
   */
  readonly inject: (target: number, draw: number) => Promise<Heal | undefined>;
}

/** One fault of a plan. */
export interface FaultStep {
  /** When it is injected, from the start of the run. */
  readonly atMs: number;
  /** How long it lasts; 0 for one that is over at once. */
  readonly lastsMs: number;
  readonly fault: string;
  readonly target: string;
  readonly draw: number;
}

/** Everything that this kind of fault hits where it hits this target. */
export function reachOf(kind: FaultKind | undefined, target: string): readonly string[] {
  return [target, ...(kind?.alsoHits ?? []).filter((other) => other !== target)];
}
