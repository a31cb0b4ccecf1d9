export { ZOOKEEPER_IMAGE, StartedZooKeeperContainer, ZooKeeperContainer } from './zookeeper-container.js';
