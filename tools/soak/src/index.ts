export { exactlyOnce, type ExactlyOnceOptions, type ExactlyOnceResult } from './exactly-once/exactly-once.js';
export { soakCommand } from './soak-command.js';
