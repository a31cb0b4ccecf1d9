import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { endAllProcesses, runProcess, waitFor } from '../src/index.js';
import { isRunning, processesMentioning } from './process-list.js';

afterAll(endAllProcesses);

const node = (script: string, ...args: string[]): ReturnType<typeof runProcess> =>
  runProcess(process.execPath, ['-e', script, ...args], { name: 'script' });

const RUN_FOREVER = 'setInterval(() => {}, 1000)';

test('captures the lines of both streams, the last one also without a line break', async () => {
  const running = node(
    `console.log('one'); console.error('two'); process.stdout.write('thr'); process.stdout.write('ee')`,
  );
  await expect(running.ended).resolves.toEqual({ code: 0, signal: null });
  expect([...running.lines].sort()).toEqual(['one', 'three', 'two']);
  expect(running.end).toEqual({ code: 0, signal: null });
});

test('waits for a line, written already or yet to come', async () => {
  const running = node(`console.log('first'); setTimeout(() => console.log('second 2'), 50); ${RUN_FOREVER}`);
  await expect(running.waitForLine(/^first$/)).resolves.toBe('first');
  await expect(running.waitForLine((line) => line.startsWith('second'))).resolves.toBe('second 2');
  await expect(running.waitForLine(/^first$/)).resolves.toBe('first');
  const { position } = running;
  await expect(running.waitForLine(/^first$/, { from: position, timeoutMs: 50 })).rejects.toMatchObject({
    code: 'CONDITION_NOT_MET',
    message: expect.stringContaining('script did not write a line like /^first$/ within 50 ms') as unknown,
  });
});

test('reads structured log lines among others', async () => {
  const running = node(
    `console.log('plain'); console.log('{"msg":"ready","port":4000}'); console.log('{broken')`,
  );
  const record = await running.waitForLog(({ msg }) => msg === 'ready');
  expect(record.port).toBe(4000);
  await running.ended;
  expect(running.records).toEqual([{ msg: 'ready', port: 4000 }]);
});

test('a wait ends with the process, and says how it ended and what it wrote last', async () => {
  const running = node(`console.error('cannot go on'); process.exit(78)`);
  const expected = {
    code: 'PROCESS_ENDED',
    message:
      'script ended with exit code 78 before it wrote a line like /ready/. Its last lines:\ncannot go on',
  };
  await expect(running.waitForLine(/ready/)).rejects.toMatchObject(expected);
  await expect(running.waitForLine(/ready/)).rejects.toMatchObject(expected);
});

test('a program that does not exist is reported by the waits', async () => {
  const running = runProcess('/nowhere/program');
  await expect(running.waitForLine(/./)).rejects.toMatchObject({
    code: 'PROCESS_ENDED',
    message: expect.stringContaining('could not start: spawn /nowhere/program ENOENT') as unknown,
  });
  await expect(running.stop()).resolves.toEqual({ code: null, signal: null });
});

test('a wait ends when its signal aborts', async () => {
  const running = node(RUN_FOREVER);
  const abort = new AbortController();
  const wait = running.waitForLine(/never/, { signal: abort.signal });
  abort.abort();
  await expect(wait).rejects.toMatchObject({ code: 'ABORTED' });
});

test('hands signals on, and stops a process that was stopped by SIGSTOP', async () => {
  const running = node(`process.on('SIGTERM', () => process.exit(3)); console.log('on'); ${RUN_FOREVER}`);
  await running.waitForLine(/on/);
  expect(running.signal('SIGSTOP')).toBe(true);
  await expect(running.stop()).resolves.toEqual({ code: 3, signal: null });
  expect(running.signal('SIGTERM')).toBe(false);
});

test('kills a process that does not stop in time', async () => {
  const running = node(`process.on('SIGTERM', () => {}); console.log('on'); ${RUN_FOREVER}`);
  await running.waitForLine(/on/);
  await expect(running.stop({ timeoutMs: 50 })).resolves.toEqual({ code: null, signal: 'SIGKILL' });
});

test('sets and removes environment variables', async () => {
  process.env.ATALAYA_REMOVED = 'set';
  const running = runProcess(
    process.execPath,
    ['-p', 'JSON.stringify([process.env.ADDED, process.env.ATALAYA_REMOVED])'],
    {
      env: { ADDED: 'yes', ATALAYA_REMOVED: undefined },
    },
  );
  await running.ended;
  expect(running.lines).toEqual(['["yes",null]']);
});

test('ends everything that still runs', async () => {
  const [one, other] = [node(RUN_FOREVER), node(RUN_FOREVER)];
  await endAllProcesses();
  expect(one.end).toEqual({ code: null, signal: 'SIGKILL' });
  expect(other.end).toEqual({ code: null, signal: 'SIGKILL' });
});

describe('what a process has started', () => {
  const parent = fileURLToPath(new URL('parent-process.mjs', import.meta.url));

  test.each(['SIGKILL', 'SIGTERM', 'exit'] as const)(
    'ends with it, and its data is removed: %s',
    async (how) => {
      // Spawned plainly, because it is the parent here whose end matters.
      const child = spawn(process.execPath, [parent], { stdio: ['pipe', 'pipe', 'inherit'] });
      const [output] = (await once(child.stdout, 'data')) as [Buffer];
      const { serverPid, processPid, folder } = JSON.parse(output.toString()) as Record<string, unknown>;
      expect(existsSync(folder as string)).toBe(true);
      if (how === 'exit') child.stdin.end();
      else child.kill(how);
      await once(child, 'exit');
      for (const pid of [serverPid, processPid] as number[]) {
        await waitFor(async () => !(await isRunning(pid)), { describe: `process ${pid} to end` });
      }
      await waitFor(() => !existsSync(folder as string), { describe: `${String(folder)} to be removed` });
      expect(await processesMentioning(String(folder))).toEqual([]);
    },
    90_000,
  );
});
