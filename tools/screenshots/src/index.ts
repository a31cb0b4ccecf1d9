export { screenshotsCommand } from './screenshots-command.js';
