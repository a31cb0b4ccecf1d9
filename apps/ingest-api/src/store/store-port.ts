import { type MeasurementStore } from '@atalaya/measurement-store';

/** What the app uses of the store of measurements. */
export type Store = Pick<
  MeasurementStore,
  | 'record'
  | 'recordAll'
  | 'insertNow'
  | 'measurements'
  | 'newest'
  | 'sensorMeasurements'
  | 'sensors'
  | 'status'
  | 'figures'
  | 'terms'
  | 'leadership'
  | 'noteTermEnd'
  | 'groups'
  | 'clear'
  | 'repair'
  | 'events'
  | 'ping'
>;
