import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEmbeddedTimeSeries } from '../src/index.js';
import { RespClient } from './resp-client.js';
import { temporaryFolder } from './temporary-folder.js';

const MIB = 1024 * 1024;

/** Only root can mount a small disk; the same is tested with a failing store in src/server/commit-queue.test.ts. */
function mountSmallDisk(path: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', path], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test('on a full disk writes are refused, reads go on, and writes work again when there is room', async () => {
  const folder = temporaryFolder();
  const isSmall = mountSmallDisk(folder.path);
  try {
    if (!isSmall) return;
    const server = await startEmbeddedTimeSeries({ dataDir: join(folder.path, 'data') });
    const client = await RespClient.open(server.port);
    writeFileSync(join(folder.path, 'ballast'), Buffer.alloc(2 * MIB));
    const stored: string[] = [];
    let refusal: unknown;
    for (let index = 0; index < 300 && refusal === undefined; index++) {
      const reply = await client.send('SET', `key-${index}`, 'x'.repeat(20_000));
      if (reply !== null && 'error' in reply) refusal = reply.error;
      else stored.push(`key-${index}`);
    }
    expect(refusal).toMatch(/^MISCONF .*no space left/);
    expect(await client.send('DBSIZE')).toEqual({ int: stored.length });
    expect(await client.send('GET', `key-${stored.length}`)).toBeNull();
    expect(await client.send('EXISTS', ...stored)).toEqual({ int: stored.length });
    rmSync(join(folder.path, 'ballast'));
    expect(await client.send('SET', 'after', 'x'.repeat(20_000))).toEqual({ simple: 'OK' });
    client.close();
    await server.close();
    const again = await startEmbeddedTimeSeries({ dataDir: join(folder.path, 'data') });
    const reader = await RespClient.open(again.port);
    expect(await reader.send('DBSIZE')).toEqual({ int: stored.length + 1 });
    reader.close();
    await again.close();
  } finally {
    if (isSmall) execFileSync('umount', [folder.path]);
    folder.remove();
  }
}, 60_000);
