import { type Measurement } from '@atalaya/contracts';

/**
 * A measurement with its place in the order of time among all that were stored since its group was cleared, from 1. It
 * keeps its number as others follow and as old ones expire; one that is stored late, with an earlier timestamp, moves
 * those behind it on by 1.
 */
export interface NumberedMeasurement extends Measurement {
  number: number;
}
