import { jestConfig } from '../../jest.preset.js';

export default jestConfig('system-e2e');
