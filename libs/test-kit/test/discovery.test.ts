import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium, freePort, startZooKeeper } from '../src/index.js';
import { findLocalInstallation, type LocalInstallation } from '../src/local-zookeeper/installation.js';

const START_TIMEOUT_MS = 90_000;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atalaya-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The installation that the tests run on; they need one anyway. */
function installed(): LocalInstallation {
  const installation = findLocalInstallation(process.env);
  if ('missing' in installation) throw new Error(installation.reason);
  return installation;
}

describe('ZOOKEEPER_HOSTS', () => {
  test(
    'names a running ZooKeeper, which is used as it is and never ended',
    async () => {
      await using own = await startZooKeeper({ controllable: true });
      const hosts = `${own.connectString}/chroot`;
      const external = await startZooKeeper({ env: { ...process.env, ZOOKEEPER_HOSTS: hosts } });
      expect(external.source).toBe('external');
      expect(external.connectString).toBe(hosts);
      expect(external.servers).toHaveLength(1);
      expect((await external.leader())?.port).toBe(own.servers[0]!.port);
      const server = external.servers[0]!;
      await expect(server.fourLetterWord('ruok')).resolves.toBe('imok');
      for (const control of ['stop', 'kill', 'start', 'pause', 'resume'] as const) {
        await expect(server[control]()).rejects.toMatchObject({ code: 'SERVER_NOT_CONTROLLABLE' });
      }
      await external.close();
      await expect(own.servers[0]!.mode()).resolves.toBe('standalone');
    },
    START_TIMEOUT_MS,
  );

  test(
    'is passed over for a test that controls its servers',
    async () => {
      const env = { ...process.env, ZOOKEEPER_HOSTS: '127.0.0.1:1' };
      await using zk = await startZooKeeper({ controllable: true, env });
      expect(zk.source).toBe('local');
    },
    START_TIMEOUT_MS,
  );

  test('naming one that cannot be reached, the error says which', async () => {
    const hosts = `127.0.0.1:${await freePort()}`;
    await expect(startZooKeeper({ env: { ZOOKEEPER_HOSTS: hosts } })).rejects.toMatchObject({
      code: 'ZOOKEEPER_UNREACHABLE',
      message: expect.stringContaining(`ZOOKEEPER_HOSTS is '${hosts}'`) as unknown,
    });
  });

  test('that is no connect string is refused', async () => {
    await expect(startZooKeeper({ env: { ZOOKEEPER_HOSTS: 'a:b:c' } })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
    });
  });
});

describe('ZOOKEEPER_HOME', () => {
  test(
    'names an unpacked release, whose jars are the class path',
    async () => {
      // The layout of a release, made of the jars of the installation at hand.
      const home = join(folder, 'apache-zookeeper-bin');
      await mkdir(join(home, 'lib'), { recursive: true });
      const { classPath } = installed();
      for (const [index, jar] of (await withClassesOf(classPath)).entries()) {
        const name = /(^|\/)zookeeper(-[\d.]+)?\.jar$/.test(jar)
          ? 'zookeeper-3.9.0.jar'
          : `library-${index}.jar`;
        await symlink(jar, join(home, 'lib', name));
      }
      const env = { ...process.env, ZOOKEEPER_HOME: home };
      expect(findLocalInstallation(env)).toMatchObject({ origin: `ZOOKEEPER_HOME=${home}` });
      await using zk = await startZooKeeper({ controllable: true, env });
      await expect(zk.servers[0]!.mode()).resolves.toBe('standalone');
      await expect(zk.servers[0]!.fourLetterWord('envi')).resolves.toContain(join(home, 'lib'));
    },
    START_TIMEOUT_MS,
  );

  test('without the jars is refused', async () => {
    await expect(
      startZooKeeper({ controllable: true, env: { ...process.env, ZOOKEEPER_HOME: folder } }),
    ).rejects.toMatchObject({
      code: 'INSTALLATION_INVALID',
      message: expect.stringContaining(`ZOOKEEPER_HOME is '${folder}'`) as unknown,
    });
  });
});

/** Jars named beside a class path: Debian's own jar names the others in its manifest, relative to the same folder. */
async function withClassesOf(classPath: readonly string[]): Promise<readonly string[]> {
  const debianFolder = '/usr/share/java';
  if (!classPath.some((jar) => jar.startsWith(debianFolder))) return classPath;
  const names = await readdir(debianFolder);
  const needed =
    /^(zookeeper|zookeeper-jute|slf4j-api|slf4j-simple|netty-[a-z-]+|metrics-core|snappy-java|commons-(io|cli))\.jar$/;
  return names.filter((name) => needed.test(name)).map((name) => join(debianFolder, name));
}

test('without Java and without Docker one message says what is missing and each way to get it', async () => {
  await writeFile(join(folder, 'java'), 'not executable');
  const env = {
    PATH: folder,
    ...(process.env.ZOOKEEPER_HOME && { ZOOKEEPER_HOME: process.env.ZOOKEEPER_HOME }),
  };
  await expect(startZooKeeper({ sources: ['local'], env })).rejects.toMatchObject({
    code: 'JAVA_MISSING',
    message: expect.stringMatching(
      /no java.*apt-get install zookeeper.*ZOOKEEPER_HOME.*Docker.*ZOOKEEPER_HOSTS/s,
    ) as unknown,
  });
});

describe('findChromium', () => {
  test('takes the one that CHROMIUM_PATH names', () => {
    expect(findChromium({ env: { CHROMIUM_PATH: process.execPath } })).toBe(process.execPath);
  });

  test('takes the first on the PATH', async () => {
    await symlink(process.execPath, join(folder, 'google-chrome'));
    expect(findChromium({ env: { PATH: `/nowhere:${folder}` } })).toBe(join(folder, 'google-chrome'));
  });

  test('says each way to get one', () => {
    expect(() => findChromium({ env: { CHROMIUM_PATH: join(folder, 'none') } })).toThrow(
      expect.objectContaining({
        code: 'CHROMIUM_MISSING',
        message: expect.stringContaining('none') as unknown,
      }) as Error,
    );
  });
});
