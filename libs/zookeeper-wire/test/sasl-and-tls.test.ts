import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { freePort, startZooKeeper, type StartedZooKeeper, waitFor } from '@atalaya/test-kit';
import { CREATOR_ACL, PERMISSIONS } from '../src/index.js';
import { freshPath, Subject } from './support/subject.js';

const folder = mkdtempSync(join(tmpdir(), 'atalaya-wire-'));
const file = (name: string) => join(folder, name);
const pem = (name: string) => readFileSync(file(`${name}.pem`));
let zooKeeper: StartedZooKeeper;
let server: Server;
/** The TLS port of a server that has Netty. */
let netty: StartedZooKeeper;
let nettyPort: number;

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
}

/** A certificate by our own authority. */
function certify(name: string, altName: string, days = '2'): void {
  openssl(
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.csr`,
    '-subj',
    `/CN=${name}`,
  );
  writeFileSync(file(`${name}.ext`), `subjectAltName=${altName}\n`);
  const authority = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'];
  openssl(
    'x509',
    '-req',
    '-in',
    `${name}.csr`,
    ...authority,
    '-days',
    days,
    '-extfile',
    `${name}.ext`,
    '-out',
    `${name}.pem`,
  );
}

function selfSigned(name: string): void {
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.pem`,
    '-days',
    '2',
    '-subj',
    `/CN=${name}`,
  );
}

/** A TLS server before the ZooKeeper server, which asks for the client's certificate. */
async function serveTls(name: string): Promise<Server> {
  const target = zooKeeper.servers[0]!;
  const tls = createServer(
    {
      cert: pem(name),
      key: readFileSync(file(`${name}.key`)),
      ca: pem('ca'),
      requestCert: true,
      rejectUnauthorized: true,
    },
    (client) => {
      const upstream = connect({ host: target.host, port: target.port });
      client.pipe(upstream).pipe(client);
      for (const socket of [client, upstream]) socket.on('error', () => {});
      client.on('close', () => upstream.destroy());
      upstream.on('close', () => client.destroy());
    },
  );
  tls.on('tlsClientError', () => {});
  tls.listen(0, '127.0.0.1');
  await once(tls, 'listening');
  return tls;
}

/** A ZooKeeper server that takes TLS itself. */
async function startNetty(): Promise<void> {
  writeFileSync(
    file('key-store.pem'),
    Buffer.concat([readFileSync(file('netty.key')), Buffer.from('\n'), pem('netty')]),
  );
  nettyPort = await freePort();
  netty = await startZooKeeper({
    configuration: {
      serverCnxnFactory: 'org.apache.zookeeper.server.NettyServerCnxnFactory',
      secureClientPort: nettyPort,
      'ssl.clientAuth': 'need',
      'ssl.keyStore.location': file('key-store.pem'),
      'ssl.keyStore.type': 'PEM',
      'ssl.trustStore.location': file('ca.pem'),
      'ssl.trustStore.type': 'PEM',
    },
  });
}

/** Who takes the TLS of a test. */
const takers = [
  ['a proxy before the server', () => portOf(server)],
  ['the server, by Netty', () => nettyPort],
] as const;

const portOf = (tls: Server) => (tls.address() as AddressInfo).port;
const identity = (name: string) => ({
  ca: pem('ca'),
  cert: pem(name),
  key: readFileSync(file(`${name}.key`)),
});

beforeAll(async () => {
  writeFileSync(
    file('jaas.conf'),
    'Server { org.apache.zookeeper.server.auth.DigestLoginModule required user_ann="it\'s secret"; };\n',
  );
  selfSigned('ca');
  selfSigned('stranger');
  certify('server', 'DNS:localhost,IP:127.0.0.1');
  certify('elsewhere', 'DNS:elsewhere.example');
  // Servers look at the name of a client, too.
  certify('client', 'DNS:localhost,IP:127.0.0.1');
  certify('netty', 'DNS:localhost,IP:127.0.0.1');
  // Not valid any more when it is made.
  certify('expired', 'DNS:localhost,IP:127.0.0.1', '-1');
  zooKeeper = await startZooKeeper({
    javaOptions: [
      `-Djava.security.auth.login.config=${file('jaas.conf')}`,
      // Servers from 3.9 on do without DIGEST-MD5 unless told so.
      '-Dzookeeper.fips-mode=false',
    ],
    configuration: { 'authProvider.1': 'org.apache.zookeeper.server.auth.SASLAuthenticationProvider' },
  });
  server = await serveTls('server');
  await startNetty();
}, 90_000);
afterAll(async () => {
  server.close();
  await zooKeeper.close();
  await netty.close();
  rmSync(folder, { recursive: true, force: true });
});

test('SASL DIGEST-MD5 authenticates the session', async () => {
  await using subject = await Subject.connected({
    hosts: zooKeeper.connectString,
    sasl: { username: 'ann', password: "it's secret" },
  });
  const path = freshPath();
  await subject.session.create(path, { acl: CREATOR_ACL });
  expect((await subject.session.getAcl(path)).value.acl).toEqual([
    { permissions: PERMISSIONS.all, scheme: 'sasl', id: 'ann' },
  ]);
});

test('a wrong SASL password ends the session', async () => {
  const subject = new Subject({
    hosts: zooKeeper.connectString,
    sasl: { username: 'ann', password: 'wrong' },
  });
  await subject.saw('authenticationFailed');
  expect(subject.told).toEqual(['authenticationFailed']);
});

test('a server without DIGEST-MD5 is named as that', async () => {
  const reasons: string[] = [];
  await using _ = new Subject({
    hosts: netty.connectString,
    sasl: { username: 'ann', password: "it's secret" },
    events: { authenticationFailed: ({ message }) => reasons.push(message) },
  });
  await waitFor(() => reasons.length > 0);
  expect(reasons).toEqual([expect.stringContaining("does not offer SASL's DIGEST-MD5")]);
});

describe.each(takers)('TLS taken by %s', (_, port) => {
  test('serves a session with the right certificates', async () => {
    await using subject = await Subject.connected({ hosts: `localhost:${port()}`, tls: identity('client') });
    const path = freshPath();
    const data = Buffer.alloc(500_000, 'x');
    await subject.session.create(path, { data });
    expect((await subject.session.getData(path)).value.data?.equals(data)).toBe(true);
    await using byAddress = await Subject.connected({
      hosts: `127.0.0.1:${port()}`,
      tls: identity('client'),
    });
    expect(byAddress.session.state).toBe('connected');
  });

  test.each([
    ['without a certificate of its own', () => ({ ca: pem('ca') })],
    ['with one of another authority', () => ({ ...identity('stranger'), ca: pem('ca') })],
    ['of a server whose authority is unknown', () => ({ ...identity('client'), ca: pem('stranger') })],
  ])('refuses a client %s, with a clear error', async (_, tls) => {
    await using subject = new Subject({ hosts: `localhost:${port()}`, tls: tls() });
    await waitFor(() => subject.failedAttempts.length > 0);
    // Node's own servers close the connection of a client that they refuse, where others send an alert.
    expect(subject.failedAttempts[0]?.message).toMatch(/certificate|refuse this client/);
    expect(['TLS_REFUSED', 'CONNECT_FAILED']).toContain(subject.failedAttempts[0]?.code);
    expect(subject.told).toEqual([]);
  });
});

test.each(['elsewhere', 'expired'])(
  'a server with the certificate %s is refused with a clear error',
  async (name) => {
    const wrong = await serveTls(name);
    await using subject = new Subject({ hosts: `localhost:${portOf(wrong)}`, tls: identity('client') });
    await waitFor(() => subject.failedAttempts.length > 0);
    expect(subject.failedAttempts[0]).toMatchObject({ code: 'TLS_REFUSED' });
    wrong.close();
  },
);
