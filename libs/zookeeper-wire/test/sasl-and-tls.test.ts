import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { startZooKeeper, type StartedZooKeeper, waitFor } from '@atalaya/test-kit';
import { CREATOR_ACL, PERMISSIONS } from '../src/index.js';
import { freshPath, Subject } from './support/subject.js';

const folder = mkdtempSync(join(tmpdir(), 'atalaya-wire-'));
const file = (name: string) => join(folder, name);
const pem = (name: string) => readFileSync(file(`${name}.pem`));
let zooKeeper: StartedZooKeeper;
let server: Server;
let hosts: string;

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
  certify('client', 'DNS:client');
  // Not valid any more when it is made.
  certify('expired', 'DNS:localhost,IP:127.0.0.1', '-1');
  zooKeeper = await startZooKeeper({
    javaOptions: [`-Djava.security.auth.login.config=${file('jaas.conf')}`],
    configuration: { 'authProvider.1': 'org.apache.zookeeper.server.auth.SASLAuthenticationProvider' },
  });
  server = await serveTls('server');
  hosts = `localhost:${portOf(server)}`;
}, 90_000);
afterAll(async () => {
  server.close();
  await zooKeeper.close();
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

test('by TLS with the right certificates a session is served', async () => {
  await using subject = await Subject.connected({ hosts, tls: identity('client') });
  expect((await subject.session.getChildren('/')).value.names).toContain('zookeeper');
  await using byAddress = await Subject.connected({
    hosts: `127.0.0.1:${portOf(server)}`,
    tls: identity('client'),
  });
  expect(byAddress.session.state).toBe('connected');
});

test.each([
  ['without a certificate of its own', () => ({ ca: pem('ca') })],
  ['with one of another authority', () => ({ ...identity('stranger'), ca: pem('ca') })],
  ['of a server whose authority is unknown', () => ({ ...identity('client'), ca: pem('stranger') })],
])('a client %s is refused with a clear error', async (_, tls) => {
  await using subject = new Subject({ hosts, tls: tls() });
  await waitFor(() => subject.failedAttempts.length > 0);
  // Node's own servers close the connection of a client that they refuse, where others send an alert.
  expect(subject.failedAttempts[0]?.message).toMatch(/certificate|refuse this client/);
  expect(['TLS_REFUSED', 'CONNECT_FAILED']).toContain(subject.failedAttempts[0]?.code);
  expect(subject.told).toEqual([]);
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
