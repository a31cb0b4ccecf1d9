/**
 * `node node-program.js <client> <hosts> [<folder>]`: one client in a process of its own. Prints `ready`, and answers each
 * line, the path of a parent, by the figures of one read of its children.
 */
import { createInterface } from 'node:readline';
import type { Answer } from './answering-program.js';
import { LoopStallMeter } from './loop-stall-meter.js';
import { NODE_CLIENTS, type NodeClientName } from './node-clients.js';

const [name, hosts = '', folder = ''] = process.argv.slice(2);
const read = await NODE_CLIENTS[name as NodeClientName](hosts, folder);
process.stdout.write('ready\n');
for await (const parent of createInterface({ input: process.stdin })) {
  using stalls = new LoopStallMeter();
  const begun = performance.now();
  let answer: Answer;
  try {
    const values = await read(parent);
    answer = { ms: performance.now() - begun, ...values, longestStallMs: stalls.longestMs() };
  } catch (error) {
    answer = { count: 0, ms: 0, failure: error instanceof Error ? error.message : String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit(0);
