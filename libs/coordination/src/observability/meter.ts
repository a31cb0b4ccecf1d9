/**
 * Every measurement of this library:
 *
 * - `sessionState`: 0 connecting, 1 connected, 2 suspended, 3 lost, 4 closed
 * - `sessionsEstablished`, `reconnects`: counted
 * - `watchesPending`: watches that listeners wait on
 * - `termLengthMs`: observed at the end of each term
 * - `timeWithoutLeaderMs`: observed at the start of a term, from the moment this candidate saw its predecessor go
 * - `leaseHeadroomMs`: what remained of the lease when it was renewed
 */
export type GaugeName = 'sessionState' | 'watchesPending';
/** Counted up by one; see {@link GaugeName} for the meaning of each. */
export type CounterName = 'sessionsEstablished' | 'reconnects';
/** Observed in milliseconds; see {@link GaugeName} for the meaning of each. */
export type HistogramName = 'termLengthMs' | 'timeWithoutLeaderMs' | 'leaseHeadroomMs';

/** Where measurements go: an adapter of a few lines over a metrics library. */
export interface Meter {
  /** The value of a gauge from now on. */
  set(name: GaugeName, value: number): void;
  /** Adds one to a counter. */
  increment(name: CounterName): void;
  /** One more observation of a histogram. */
  observe(name: HistogramName, value: number): void;
}

/** Discards everything: what a client without a meter uses. */
export const silentMeter: Meter = { set() {}, increment() {}, observe() {} };
