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
export type CounterName = 'sessionsEstablished' | 'reconnects';
export type HistogramName = 'termLengthMs' | 'timeWithoutLeaderMs' | 'leaseHeadroomMs';

/** Where measurements go: an adapter of a few lines over a metrics library. */
export interface Meter {
  set(name: GaugeName, value: number): void;
  increment(name: CounterName): void;
  observe(name: HistogramName, value: number): void;
}

/** Discards everything: what a client without a meter uses. */
export const silentMeter: Meter = { set() {}, increment() {}, observe() {} };
