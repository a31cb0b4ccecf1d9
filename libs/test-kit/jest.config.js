import { jestConfig } from '../../jest.preset.js';

// Servers are started, killed and elected here, which takes its time on a busy machine.
export default { ...jestConfig('test-kit'), testTimeout: 90_000 };
