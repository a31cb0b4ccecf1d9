import { fileURLToPath } from 'node:url';
import type { Cleanup } from '../cleanup.js';
import { AnsweringProgram } from './answering-program.js';
import type { ChildReader } from './child-reader.js';
import type { NodeClientName } from './node-clients.js';

const PROGRAM = fileURLToPath(new URL('../../dist/children/node-program.js', import.meta.url));

/**
 * A client that runs on Node.js, in a process of its own: its garbage and its blocks of the event loop are nobody else's.
 *
 * @param folder where a client lies that is no dependency of this package
 */
export async function nodeReader(
  name: string,
  client: NodeClientName,
  hosts: string,
  cleanup: Cleanup,
  folder = '',
): Promise<ChildReader> {
  const program = cleanup.use(
    await AnsweringProgram.start(process.execPath, [PROGRAM, client, hosts, folder]),
  );
  return { name, read: (parent) => program.ask(parent) };
}
