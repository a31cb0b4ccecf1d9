import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { SourceError, type Source } from './source.js';
import { valueOfText } from './source-value.js';

/** More than any way of writing one number; what is longer is not a number, and is not read into memory. */
const MAX_BYTES = 4_096;

/** The whole content of a file, read anew for each sample, as one number. */
export function fileSource(path: string): Source {
  return {
    description: `file ${path}`,
    perSensor: false,
    async read(signal) {
      signal.throwIfAborted();
      // Without O_NONBLOCK the opening of a pipe that nobody writes to would occupy a thread of the pool for ever.
      const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
      try {
        const { bytesRead, buffer } = await readStart(file);
        signal.throwIfAborted();
        if (bytesRead > MAX_BYTES) throw new SourceError(`file ${path} is longer than ${MAX_BYTES} bytes`);
        return valueOfText(buffer.toString('utf8', 0, bytesRead), `file ${path}`);
      } finally {
        await file.close();
      }
    },
  };
}

async function readStart(
  file: Awaited<ReturnType<typeof open>>,
): Promise<{ bytesRead: number; buffer: Buffer }> {
  const buffer = Buffer.alloc(MAX_BYTES + 1);
  let bytesRead = 0;
  for (;;) {
    const chunk = await file.read(buffer, bytesRead, buffer.length - bytesRead, null);
    bytesRead += chunk.bytesRead;
    if (chunk.bytesRead === 0 || bytesRead === buffer.length) return { bytesRead, buffer };
  }
}
