import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { waitFor } from '../waiting/wait-for.js';
import { isStandingStill } from './standing-still.js';

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('a process stands still between SIGSTOP and SIGCONT, and when it has ended', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1)'], { stdio: 'ignore' });
  const { pid } = child;
  if (pid === undefined) throw new Error('it was not started');
  const ended = once(child, 'exit');
  try {
    expect(isStandingStill(pid)).toBe(false);
    child.kill('SIGSTOP');
    await waitFor(() => isStandingStill(pid));
    child.kill('SIGCONT');
    await waitFor(() => !isStandingStill(pid));
  } finally {
    child.kill('SIGKILL');
  }
  await ended;
  expect(isStandingStill(pid)).toBe(true);
});
