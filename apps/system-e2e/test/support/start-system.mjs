// What `npm start` runs once everything is installed and built.
import { startCommand } from '@atalaya/dev';

await startCommand(process.argv.slice(2));
