export { AnomalyDetectionError, InvalidOptionError, UnorderedMeasurementsError } from './errors.js';
export { detectAnomalies, HAMPEL_METHOD, type SeriesAnomaly } from './hampel/detect-anomalies.js';
export { createHampelDetector, type HampelDetector, type Sample } from './hampel/hampel-detector.js';
export { type AnomalyLearning, HAMPEL_DEFAULTS, type HampelOptions } from './hampel/hampel-options.js';
export {
  detectPeerOutliers,
  PEER_DEFAULTS,
  type PeerOptions,
  type PeerOutlier,
  PEERS_METHOD,
} from './peers/detect-peer-outliers.js';
export { type Judgement } from './robust/judgement.js';
