import { jestConfig } from '../../jest.preset.js';

// Packages are packed, installed and compiled here, which takes its time on a busy machine.
export default { ...jestConfig('packaging'), testTimeout: 180_000 };
