import { type ChildProcess, spawn } from 'node:child_process';
import { childStdio } from '@atalaya/coordination';
import { excerpt, valueOfText } from './source-value.js';
import { SourceError, type Source } from './source.js';

const MAX_OUTPUT_BYTES = 65_536;

/**
 * The first word of what a shell line prints on standard output; it must be a number as a whole.
 *
 * A line that fails (exit code other than 0) gives no value. When the sample is aborted the shell and everything that
 * it started in its process group are killed.
 */
export function commandSource(line: string): Source {
  return {
    description: `command ${excerpt(line)}`,
    perSensor: false,
    async read(signal) {
      const output = await outputOf(line, signal);
      return valueOfText(output.trim().split(/\s/, 1)[0] ?? '', `the output of the command`);
    },
  };
}

function outputOf(line: string, signal: AbortSignal): Promise<string> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    // A process group of its own, so that it can be killed with what it started.
    const stdio = childStdio(['ignore', 'pipe', 'pipe']);
    const child = spawn(line, { shell: true, detached: true, stdio });
    let output = '';
    let complaint = '';
    const onAbort = (): void => {
      killGroup(child);
      // A process that left the group may keep the pipes open; the sample does not wait for it.
      child.stdout.destroy();
      child.stderr.destroy();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.length <= MAX_OUTPUT_BYTES) return;
      killGroup(child);
      reject(new SourceError(`the command printed more than ${MAX_OUTPUT_BYTES} bytes`));
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(0, MAX_OUTPUT_BYTES);
    });
    child.on('error', (error) => {
      signal.removeEventListener('abort', onAbort);
      reject(new SourceError(`the command could not be started: ${error.message}`, { cause: error }));
    });
    child.on('close', (exitCode, killedBy) => {
      signal.removeEventListener('abort', onAbort);
      if (exitCode === 0) {
        resolve(output);
        return;
      }
      const end = killedBy === null ? `with exit code ${exitCode ?? '?'}` : `by ${killedBy}`;
      const said = complaint.trim() === '' ? '' : `: ${excerpt(complaint.trim())}`;
      reject(new SourceError(`the command ended ${end}${said}`));
    });
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group is gone already.
  }
}
