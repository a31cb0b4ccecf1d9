export { bytesCodec, decimalCodec, jsonCodec, textCodec, type Codec, type Parser } from './codec/codec.js';
export type { ChildValues } from './children/read-children.js';
export type {
  Client,
  ClientOptions,
  ConnectionState,
  ConnectOptions,
  CreateOptions,
  Credentials,
  Disposer,
  VersionOptions,
  WaitOptions,
} from './connection/client.js';
export { connect, createClient } from './connection/connect.js';
export type { Stat, ZnodeValue } from './connection/stat.js';
export type {
  Contender,
  Election,
  ElectionOptions,
  Leader,
  LeaderWork,
  RunOptions,
} from './election/election.js';
export type { Confirmation, Term, TermEndReason } from './election/term.js';
export type {
  AnnounceOptions,
  Discovery,
  DiscoveryOptions,
  DiscoverySnapshot,
  PickStrategy,
  ServiceInstance,
} from './discovery/discovery.js';
export { serviceAddressCodec, type JsonValue, type ServiceAddress } from './discovery/service-address.js';
export { ensembleId } from './ensemble/ensemble-id.js';
export type { Counter, CounterOptions } from './counter/counter.js';
export { OutcomeUnknownError } from './counter/outcome-unknown-error.js';
export type {
  BarrierPlace,
  BarrierWaitOptions,
  DoubleBarrier,
  DoubleBarrierOptions,
} from './double-barrier/double-barrier.js';
export { CoordinationError, type CoordinationErrorDetails } from './errors/coordination-error.js';
export { hasCode, isRetryable } from './errors/is-retryable.js';
export { RegistrationConflictError } from './errors/registration-conflict-error.js';
export { TermEndedError } from './errors/term-ended-error.js';
export { errorCodes, type CoordinationErrorCode } from './errors/error-codes.js';
export type {
  Group,
  GroupChange,
  GroupOptions,
  GroupSnapshot,
  InvalidMember,
  Member,
} from './group/group.js';
export type { AcquireOptions, HeldLock, Lock, LockOptions, LockState } from './lock/lock.js';
export { LockLostError, type LockEndReason } from './lock/lock-lost-error.js';
export type { JoinOptions, Membership, MembershipOptions } from './membership/membership.js';
export { silentLogger, type Logger } from './observability/logger.js';
export type { LeaseHolder, Semaphore, SemaphoreOptions } from './semaphore/semaphore.js';
export {
  silentMeter,
  type CounterName,
  type GaugeName,
  type HistogramName,
  type Meter,
} from './observability/meter.js';
export type { ReadWriteLock, ReadWriteLockOptions } from './read-write-lock/read-write-lock.js';
export type {
  OnConflict,
  RegisterOptions,
  Registration,
  RegistrationState,
} from './registration/registration.js';
export { childStdio } from './child-processes/child-stdio.js';
export { nativeTransport } from './transport/native/native-transport.js';
export { defaultRetryPolicy, retryDelayMs, type RetryPolicy } from './retry/retry-policy.js';
export type {
  Contact,
  SessionCredentials,
  Transport,
  TransportCreateOptions,
  TransportEvents,
  TransportFactory,
  TransportOptions,
  WatchEventType,
} from './transport/transport.js';
