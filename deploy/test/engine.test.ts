import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { readSettings } from '../src/e2e/settings.js';
import { PROJECT } from './project.js';

/** Runs one of the project's commands where no engine can be reached. */
async function withoutEngine(command: string, environment: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, [join(PROJECT, 'dist', command)], {
    env: { PATH: process.env.PATH, ...environment },
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const [status] = (await once(child, 'close')) as [number];
  return { status, errors };
}

describe.each(['e2e/main.js', 'images/main.js', 'secrets/main.js'])('%s', (command) => {
  test('says that no engine answers, and what to do', async () => {
    const { status, errors } = await withoutEngine(command, { DOCKER_HOST: 'unix:///nowhere/docker.sock' });
    expect(status).toBe(1);
    expect(errors).toMatch(/^This needs a Docker engine, and /);
    expect(errors).toContain('Install Docker Engine');
  });

  test('says that the command docker is missing', async () => {
    const { status, errors } = await withoutEngine(command, { PATH: '/nowhere' });
    expect(status).toBe(1);
    expect(errors).toContain("the command 'docker' was not found");
  });
});

test('the fault test names every variable that it does not understand', () => {
  expect(() => readSettings({ ROUTING: 'vip', KEEP: 'perhaps', API_PORT: '0' })).toThrow(
    /ROUTING[^]*API_PORT[^]*KEEP/,
  );
});
