export { attack, type AttackFigures, type AttackOptions, type AttackResult } from './attack/attack.js';
export {
  randomizedFaults,
  type RandomizedFaultsOptions,
  type RandomizedFaultsResult,
} from './coordination/randomized-faults.js';
export { exactlyOnce, type ExactlyOnceOptions, type ExactlyOnceResult } from './exactly-once/exactly-once.js';
export { hostileClients, type HostileClientsOptions } from './hostile-clients/hostile-clients.js';
export { hostileKeys, type HostileKeysOptions } from './hostile-keys/hostile-keys.js';
export {
  mixedElection,
  type MixedElectionOptions,
  type MixedElectionResult,
} from './mixed-election/mixed-election.js';
export { sessionLosses, type Sample, type SessionLossesOptions } from './session-losses/session-losses.js';
export { soakCommand } from './soak-command.js';
