export { TestKitError, type TestKitErrorCode } from './errors.js';
export { freePort, freePorts, isPortFree, reserveFreePort, reserveFreePorts } from './network/free-port.js';
export { type PortReservation } from './network/port-reservation.js';
export { waitFor, type Truthy, type WaitForOptions } from './waiting/wait-for.js';
export { startZooKeeper } from './zookeeper/start-zookeeper.js';
export {
  type PartitionableZooKeeper,
  type StartedZooKeeper,
  type ZooKeeperOptions,
  type ZooKeeperServer,
} from './zookeeper/started-zookeeper.js';
export { type Route, type ServerNetwork } from './server-network/server-network.js';
export { fourLetterWord, type ServerMode, type ServerStatus } from './zookeeper/four-letter-word.js';
export {
  type RedisSentinelOptions,
  type RedisServer,
  type RedisServerOptions,
  startRedisSentinel,
  startRedisServer,
} from './redis/redis-server.js';
export { chromiumLaunchOptions, type ChromiumLaunchOptions } from './browser/chromium-launch-options.js';
export { findChromium } from './browser/find-chromium.js';
export { startFaultProxy, type FaultProxy, type FaultProxyOptions } from './fault-proxy/fault-proxy.js';
export {
  type Direction,
  type DropOptions,
  type Fault,
  type FaultScope,
  type RequestFilter,
} from './fault-proxy/faults.js';
export { type ObservedSession, type ProxiedConnection } from './fault-proxy/proxied-connection.js';
export { type ProxyCounters } from './fault-proxy/proxy-counters.js';
export { type Address, type ProxyLink } from './fault-proxy/proxy-link.js';
export { type Operation, type WatchEventType } from '@atalaya/zookeeper-protocol';
export { expireSession } from './sessions/expire-session.js';
export {
  endAllProcesses,
  type LogRecord,
  type OutputWait,
  type ProcessEnd,
  runProcess,
  type RunningProcess,
  type RunOptions,
} from './processes/run-process.js';
export { type FaultKind, type FaultStep, type Heal } from './fault-schedule/fault-kind.js';
export { networkFaults } from './fault-schedule/network-faults.js';
export {
  type FaultyProcess,
  processFaults,
  proxyFaults,
  serverFaults,
} from './fault-schedule/fault-kinds.js';
export {
  type ExecutedStep,
  FaultSchedule,
  type FaultScheduleOptions,
} from './fault-schedule/fault-schedule.js';
