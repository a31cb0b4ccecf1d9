import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@atalaya/test-kit';
import { commandSource } from './command-source.js';

const signal = new AbortController().signal;

test.each([
  ['echo 21.5', 21.5],
  ['printf "0.20 0.18 0.12 1/80"', 0.2],
  ['echo 7; echo noise >&2', 7],
  ['echo "$((6 * 7))"', 42],
])('the first word that `%s` prints is its value', async (line, value) => {
  expect(await commandSource(line).read(signal)).toBe(value);
});

test.each([
  ['true', 'the output of the command is empty'],
  ['echo warm', 'the output of the command is not a finite number: "warm"'],
  ['echo 12abc', 'the output of the command is not a finite number: "12abc"'],
  ['echo 5; echo broken pipe dream >&2; exit 3', 'the command ended with exit code 3: "broken pipe dream"'],
  ['kill -9 $$', 'the command ended by SIGKILL'],
  ['no-such-command-here', 'the command ended with exit code 127'],
  ['yes', 'the command printed more than 65536 bytes'],
])('`%s` gives no value', async (line, reason) => {
  await expect(commandSource(line).read(signal)).rejects.toThrow(reason);
});

test('an aborted command is killed with everything it started', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'atalaya-command-source-'));
  const pidFile = join(folder, 'pid');
  const abort = new AbortController();
  const sample = commandSource(`sleep 600 & echo $! > ${pidFile}; wait`).read(abort.signal);
  const pid = await waitFor(async () => Number((await readFile(pidFile, 'utf8')).trim()));
  abort.abort(new Error('too slow'));
  await expect(sample).rejects.toThrow('too slow');
  await waitFor(() => !isRunning(pid), { describe: `the end of process ${pid}` });
  await rm(folder, { recursive: true });
});

test('an aborted sample does not wait for a process that left the group', async () => {
  const abort = new AbortController();
  const sample = commandSource('setsid sleep 5; echo 1').read(abort.signal);
  setTimeout(() => {
    abort.abort(new Error('too slow'));
  }, 200);
  const begun = performance.now();
  await expect(sample).rejects.toThrow('too slow');
  expect(performance.now() - begun).toBeLessThan(4_000);
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
