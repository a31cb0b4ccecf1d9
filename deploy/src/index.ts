export { type ComposeFile, type Service } from './compose/compose-file.js';
export { e2eCommand } from './e2e/e2e-command.js';
export { generate } from './generate/generate.js';
export { appImage, APPS, type App } from './images.js';
export { type StackOptions, stackOptions, stackOptionsSchema } from './options.js';
export { type Secret, SECRETS, secretName } from './secrets/secrets.js';
