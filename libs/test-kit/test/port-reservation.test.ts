import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { isPortFree, reserveFreePort } from '../src/index.js';

const HOLDER = fileURLToPath(new URL('port-holder.mjs', import.meta.url));
const HOST = '127.0.0.1';

test.each([
  ['is killed', (holder: ChildProcess) => holder.kill('SIGKILL'), [null, 'SIGKILL']],
  ['has nothing left to do and ends', (holder: ChildProcess) => holder.stdin?.end(), [0, null]],
])('a port that another process reserved is not drawn until that process %s', async (_, end, ending) => {
  const holder = spawn(process.execPath, [HOLDER], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const [output] = (await once(holder.stdout, 'data')) as [Buffer];
    const port = Number(output.toString());
    expect(await isPortFree(port)).toBe(true);
    await expect(reserveFreePort(HOST, () => port)).rejects.toMatchObject({ code: 'PORT_TAKEN' });

    const exited = once(holder, 'exit');
    end(holder);
    expect(await exited).toEqual(ending);
    using drawn = await reserveFreePort(HOST, () => port);
    expect(drawn.port).toBe(port);
  } finally {
    holder.kill('SIGKILL');
  }
});
