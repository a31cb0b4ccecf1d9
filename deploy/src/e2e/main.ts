import { e2eCommand } from './e2e-command.js';

await e2eCommand(process.argv.slice(2));
