export { bytesCodec, decimalCodec, jsonCodec, textCodec, type Codec, type Parser } from './codec/codec.js';
export type { ChildValues } from './children/read-children.js';
export type { Client, ClientOptions, ConnectOptions } from './client/client.js';
export type {
  CreateOptions,
  TransactionResult,
  TransactionResults,
  TransactionStep,
  VersionOptions,
  WatchOptions,
  ZnodeEvent,
  Znodes,
} from './client/znodes.js';
export type { NodeCache, NodeCacheOptions, NodeSnapshot } from './node-cache/node-cache.js';
export type { TreeCache, TreeChange, TreeSnapshot } from './tree-cache/tree-cache.js';
export type { ConnectionState } from './connection/connection-state.js';
export type { Disposer } from './waiting/disposer.js';
export type { WaitOptions } from './waiting/wait-options.js';
export { connect, createClient } from './client/connect.js';
export type { Stat, ZnodeValue } from './transport/stat.js';
export type { Election, ElectionOptions, Leader, LeaderWork, RunOptions } from './election/election.js';
export type { Term } from './election/term.js';
export type { Contender } from './queue/contenders.js';
export type {
  AnnounceOptions,
  Discovery,
  DiscoveryOptions,
  DiscoverySnapshot,
  PickStrategy,
  ServiceInstance,
} from './discovery/discovery.js';
export { serviceAddressCodec, type JsonValue, type ServiceAddress } from './discovery/service-address.js';
export { ensembleId } from './client/ensemble-id.js';
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
export { TransactionError } from './errors/transaction-error.js';
export { TermEndedError, type TermEndReason } from './errors/term-ended-error.js';
export { creatorAcl, openAcl, permissions, type Acl } from './transport/acl.js';
export { parseConnectString, type ConnectString, type ServerAddress } from './transport/connect-string.js';
export { assertZnodePath } from './transport/znode-path.js';
export { errorCodes, type CoordinationErrorCode } from './errors/error-codes.js';
export type {
  Group,
  GroupChange,
  GroupOptions,
  GroupSnapshot,
  InvalidMember,
  Member,
} from './group/group.js';
export type { AcquireOptions, Confirmation, HeldLock, LockState } from './holding/held-lock.js';
export type { Lock, LockOptions } from './lock/lock.js';
export { LockLostError, type LockEndReason } from './errors/lock-lost-error.js';
export type { Party, PartyOptions } from './party/party.js';
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
export type { RecipeContext, RecipeSession, RecipeWakeUp, Watched } from './recipe-context/recipe-context.js';
export type { ReadWriteLock, ReadWriteLockOptions } from './read-write-lock/read-write-lock.js';
export type {
  OnConflict,
  RegisterOptions,
  Registration,
  RegistrationState,
} from './registration/registration.js';
export { childStdio } from './transport/child-stdio.js';
export { nativeTransport } from './transport/native/native-transport.js';
export { transports } from './transport/transports.js';
export { wireTransport } from './transport/wire/wire-transport.js';
export { defaultRetryPolicy, retryDelayMs, type RetryPolicy } from './retry/retry-policy.js';
export type {
  Contact,
  Created,
  Credentials,
  SaslCredentials,
  SessionCredentials,
  Proof,
  Transport,
  TransportCapabilities,
  TransportCreateOptions,
  TransportEvents,
  TransportFactory,
  TransportOperation,
  TransportOptions,
  TransportResult,
  WatchEventType,
} from './transport/transport.js';
