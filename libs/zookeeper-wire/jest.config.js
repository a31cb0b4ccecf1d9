import { jestConfig } from '../../jest.preset.js';

// Servers are started, cut off and left here, which takes its time on a busy machine.
export default { ...jestConfig('zookeeper-wire'), testTimeout: 30_000 };
