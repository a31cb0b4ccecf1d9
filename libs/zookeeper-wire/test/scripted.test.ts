import { RequestNumbers } from '../src/connection/request-numbers.js';
import { reply, changed, ScriptedServer } from './support/scripted-server.js';
import { Subject } from './support/subject.js';

const NOT_IMPLEMENTED = -6;

test('the continuations of a reply run before a watch event behind it, and after one before it', async () => {
  await using server = await ScriptedServer.start((request, socket) => {
    if (request.operation === 'multiRead') socket.write(reply(request, 'multiRead', []));
    else if (request.operation === 'whoAmI') socket.write(reply(request, 'whoAmI', { identities: [] }));
    else if (request.operation === 'sync') {
      held.push(reply(request, 'sync', { path: '/' }), changed('/x'));
      // All in one write, so that they arrive together.
      if (held.length === 6) socket.write(Buffer.concat(held));
    }
  });
  const held: Buffer[] = [];
  const order: string[] = [];
  await using subject = await Subject.connected({
    hosts: server.hosts,
    events: { watch: () => order.push('event') },
  });
  const sync = async (name: string) => {
    await subject.session.sync();
    for (let depth = 0; depth < 20; depth++) await Promise.resolve();
    order.push(name);
  };
  await Promise.all([sync('first'), sync('second'), sync('third')]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(order).toEqual(['first', 'event', 'second', 'event', 'third', 'event']);
});

test('a server of the oldest generation is asked once, and serves what it has', async () => {
  await using server = await ScriptedServer.start((request, socket) => {
    if (request.operation === 'sync') socket.write(reply(request, 'sync', { path: '/' }));
    else if (request.operation === 'multiRead') socket.end(reply(request, 'multiRead', NOT_IMPLEMENTED));
  });
  await using subject = await Subject.connected({ hosts: server.hosts });
  expect(subject.session.capabilities).toEqual({
    multiRead: false,
    persistentWatches: false,
    counts: false,
    whoAmI: false,
  });
  expect([server.connections, subject.failedAttempts]).toEqual([2, []]);
  for (const lacking of [
    subject.session.multiRead([{ kind: 'getData', path: '/' }]),
    subject.session.addWatch('/', 'persistent'),
    subject.session.whoAmI(),
    subject.session.getEphemerals(),
  ]) {
    await expect(lacking).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  }
  await subject.session.sync();
  expect(subject.told).toEqual(['connected']);
});

test('a server that closes the connection in place of saying what it lacks is understood', async () => {
  await using server = await ScriptedServer.start((request, socket) => {
    if (request.operation === 'multiRead') socket.destroy();
  });
  await using subject = await Subject.connected({ hosts: server.hosts });
  expect(subject.session.capabilities?.multiRead).toBe(false);
});

test('a reply to another request than the oldest is a violation: the connection is left, all requests rejected', async () => {
  await using server = await ScriptedServer.start((request, socket) => {
    if (request.operation === 'multiRead') socket.write(reply(request, 'multiRead', []));
    else if (request.operation === 'whoAmI') socket.write(reply(request, 'whoAmI', { identities: [] }));
    else socket.write(reply({ xid: request.xid + 1 }, 'sync', { path: '/' }));
  });
  await using subject = await Subject.connected({ hosts: server.hosts });
  const results = await Promise.allSettled([subject.session.sync(), subject.session.sync()]);
  expect(results).toMatchObject([
    { reason: { code: 'PROTOCOL_VIOLATION' } },
    { reason: { code: 'PROTOCOL_VIOLATION' } },
  ]);
  await subject.saw('disconnected');
});

test('an answer to reads that has not as many parts is a violation: no value is taken for that of another', async () => {
  await using server = await ScriptedServer.start((request, socket) => {
    if (request.operation === 'multiRead') socket.write(reply(request, 'multiRead', []));
    if (request.operation === 'whoAmI') socket.write(reply(request, 'whoAmI', { identities: [] }));
  });
  await using subject = await Subject.connected({ hosts: server.hosts });
  await expect(subject.session.prepareReads(['/a', '/b']).read()).rejects.toMatchObject({
    code: 'PROTOCOL_VIOLATION',
  });
  await subject.saw('disconnected');
});

test('requests are numbered over all connections of a session, as servers tell them apart by their numbers alone', async () => {
  const numbers: number[] = [];
  await using server = await ScriptedServer.start((request, socket) => {
    numbers.push(request.xid);
    if (request.operation === 'multiRead') socket.write(reply(request, 'multiRead', []));
    else if (request.operation === 'whoAmI') socket.write(reply(request, 'whoAmI', { identities: [] }));
    else if (server.connections === 1) socket.destroy();
    else socket.write(reply(request, 'sync', { path: '/' }));
  });
  await using subject = await Subject.connected({ hosts: server.hosts });
  await expect(subject.session.sync()).rejects.toMatchObject({ code: 'CONNECTION_LOSS' });
  await subject.session.connected();
  await subject.session.sync();
  expect(server.connections).toBe(2);
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
});

test('whoever resumes a session does not number its requests as the one before did', () => {
  const first = () => new RequestNumbers({ resumed: true }).next();
  expect(new Set(Array.from({ length: 100 }, first)).size).toBeGreaterThan(90);
});

test('requests beyond the bounds reject alone', async () => {
  await using server = await ScriptedServer.start((request, socket) => {
    if (request.operation === 'multiRead') socket.write(reply(request, 'multiRead', []));
    if (request.operation === 'whoAmI') socket.write(reply(request, 'whoAmI', { identities: [] }));
  });
  const subject = await Subject.connected({ hosts: server.hosts, maxPendingRequests: 10 });
  const waiting = Array.from({ length: 10 }, () => subject.session.sync());
  await expect(subject.session.sync()).rejects.toMatchObject({ code: 'OVERLOADED' });
  const settled = Promise.allSettled(waiting);
  await subject.session.close();
  for (const result of await settled) expect(result).toMatchObject({ status: 'rejected' });
});
