import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEmbeddedTimeSeries } from '../src/index.js';
import { startChildServer } from './child-server.js';
import { RespClient } from './resp-client.js';
import { canMount, mountSmallDisk, unmount } from './small-disk.js';
import { temporaryFolder } from './temporary-folder.js';

const MIB = 1024 * 1024;

/** Writes until the server refuses; the keys that it acknowledged, and the refusal. */
async function fill(client: RespClient): Promise<{ stored: string[]; refusal: unknown }> {
  const stored: string[] = [];
  for (let index = 0; index < 300; index++) {
    const reply = await client.send('SET', `key-${index}`, 'x'.repeat(20_000));
    if (reply !== null && 'error' in reply) return { stored, refusal: reply.error };
    stored.push(`key-${index}`);
  }
  return { stored, refusal: undefined };
}

/** Nothing of what was refused is there, all that was acknowledged is. */
async function holdsJust(client: RespClient, stored: readonly string[]): Promise<void> {
  expect(await client.send('DBSIZE')).toEqual({ int: stored.length });
  expect(await client.send('GET', `key-${stored.length}`)).toBeNull();
  expect(await client.send('EXISTS', ...stored)).toEqual({ int: stored.length });
}

test('a file that may not grow refuses writes, reads go on, and writes work again when it may', async () => {
  const folder = temporaryFolder();
  const launcher = ['prlimit', `--fsize=${3 * MIB}:unlimited`];
  const server = await startChildServer(folder.path, { launcher });
  try {
    expect(server.refusal).toBeUndefined();
    const client = await RespClient.open(server.port);
    const { stored, refusal } = await fill(client);
    expect(refusal).toMatch(/^MISCONF /);
    expect(stored.length).toBeGreaterThan(10);
    await holdsJust(client, stored);
    expect(await client.send('SET', `key-${stored.length}`, 'x'.repeat(20_000))).toHaveProperty('error');
    await holdsJust(client, stored);
    execFileSync('prlimit', [`--pid=${server.pid}`, '--fsize=unlimited']);
    expect(await client.send('SET', 'after', 'x'.repeat(20_000))).toEqual({ simple: 'OK' });
    client.close();
    await server.kill();
    const again = await startEmbeddedTimeSeries({ dataDir: folder.path });
    const reader = await RespClient.open(again.port);
    expect(await reader.send('DBSIZE')).toEqual({ int: stored.length + 1 });
    expect(await reader.send('EXISTS', ...stored, 'after')).toEqual({ int: stored.length + 1 });
    reader.close();
    await again.close();
  } finally {
    await server.kill();
    folder.remove();
  }
}, 60_000);

// A reader of the results sees where this one could not run.
const testAsRoot = canMount() ? test : test.skip;

testAsRoot(
  'on a full disk writes are refused, reads go on, and writes work again when there is room',
  async () => {
    const folder = temporaryFolder();
    mountSmallDisk(folder.path);
    try {
      const server = await startEmbeddedTimeSeries({ dataDir: join(folder.path, 'data') });
      const client = await RespClient.open(server.port);
      writeFileSync(join(folder.path, 'ballast'), Buffer.alloc(2 * MIB));
      const { stored, refusal } = await fill(client);
      expect(refusal).toMatch(/^MISCONF .*no space left/);
      await holdsJust(client, stored);
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
      unmount(folder.path);
      folder.remove();
    }
  },
  60_000,
);
