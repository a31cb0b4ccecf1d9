import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const SERVICE = fileURLToPath(new URL('./example-service.mjs', import.meta.url));

interface Run {
  child: ChildProcess;
  output: () => string;
  exited: Promise<number | null>;
}

function run(environment: Record<string, string>, ipc = false): Run {
  const child = spawn(process.execPath, [SERVICE], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', ...(ipc ? ['ipc' as const] : [])],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  // Not 'close': it is not emitted once the parent has disconnected the IPC channel.
  const exited = Promise.all([
    once(child, 'exit'),
    once(child.stdout!, 'end'),
    once(child.stderr!, 'end'),
  ]).then(([[code]]) => code as number | null);
  return { child, output: () => output, exited };
}

async function started(service: Run): Promise<void> {
  while (!service.output().includes('"started"')) {
    await Promise.race([once(service.child.stdout!, 'data'), service.exited]);
    if (service.child.exitCode !== null) throw new Error(service.output());
  }
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s ends the service gracefully with exit code 0',
  async (signal) => {
    const service = run({ NAME: 'a' });
    await started(service);
    service.child.kill(signal);
    expect(await service.exited).toBe(0);
    expect(service.output()).toMatch(/"closed".*\n.*"ended"/);
  },
);

test('the loss of the parent ends the service gracefully', async () => {
  const service = run({ NAME: 'a' }, true);
  const [message] = (await once(service.child, 'message')) as [unknown];
  expect(message).toBe('ready');
  service.child.disconnect();
  expect(await service.exited).toBe(0);
  expect(service.output()).toContain('the parent process is gone');
});

test('a bad configuration is one message on standard error and exit code 78', async () => {
  const service = run({ LOG_LEVEL: 'loud' });
  expect(await service.exited).toBe(78);
  expect(service.output()).toBe(
    'example: the configuration is not valid:\n' +
      '  NAME is required\n' +
      '  LOG_LEVEL="loud": must be one of fatal, error, warn, info, debug, trace, silent\n',
  );
});

test('a failed start is logged as fatal without a stack and ends with exit code 1', async () => {
  const service = run({ NAME: 'unstartable' });
  expect(await service.exited).toBe(1);
  const line = JSON.parse(service.output()) as Record<string, unknown>;
  expect(line).toMatchObject({ level: 60, msg: 'port 1 is taken' });
  expect(line).not.toHaveProperty('err');
});

test('a graceful end that hangs is cut short at its cap', async () => {
  const service = run({ NAME: 'hangs' });
  await started(service);
  service.child.kill('SIGTERM');
  expect(await service.exited).toBe(0);
  expect(service.output()).toContain('took longer than 100 ms');
});
