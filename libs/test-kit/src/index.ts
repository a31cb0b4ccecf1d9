export { TestKitError, type TestKitErrorCode } from './errors.js';
export { freePort, freePorts, isPortFree } from './network/free-port.js';
export { waitFor, type Truthy, type WaitForOptions } from './waiting/wait-for.js';
export { startZooKeeper } from './zookeeper/start-zookeeper.js';
export {
  type StartedZooKeeper,
  type ZooKeeperOptions,
  type ZooKeeperServer,
} from './zookeeper/started-zookeeper.js';
export { fourLetterWord, type ServerMode } from './zookeeper/four-letter-word.js';
export { findChromium } from './browser/find-chromium.js';
