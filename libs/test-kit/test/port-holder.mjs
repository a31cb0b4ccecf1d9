// A program that reserves a port and waits for the end of its input; it is run on the built package.
import { reserveFreePort } from '../dist/index.js';

const { port } = await reserveFreePort();
process.stdout.write(`${port}\n`);
process.stdin.resume();
