import { formatServer } from '@atalaya/zookeeper-protocol';
import type { Resolver } from './host-name.js';
import { ServerList } from './server-list.js';

/** A name server whose answers a test decides: addresses, an error, or none for ever. */
function nameServer(answers: Record<string, string[] | Error | undefined>): Resolver & { asked: string[] } {
  const asked: string[] = [];
  const resolver = (host: string): Promise<readonly string[]> => {
    asked.push(host);
    const answer = answers[host];
    if (answer === undefined) return new Promise(() => {});
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return Object.assign(resolver, { asked });
}

/** `host:port` of every address, in the order of a round. */
async function found(list: ServerList): Promise<string[]> {
  const endpoints = await list.round();
  return endpoints.map(({ address, port }) => formatServer({ host: address, port }));
}

const servers = [
  { host: 'a', port: 1 },
  { host: 'b', port: 2 },
  { host: 'c', port: 3 },
];

test('all addresses of all names, each once, in an order that changes', async () => {
  const list = new ServerList(
    [...servers, { host: 'twin', port: 1 }, { host: '10.0.0.9', port: 9 }],
    nameServer({ a: ['10.0.0.1'], b: ['10.0.0.2', '::2'], c: ['10.0.0.3'], twin: ['10.0.0.1'] }),
  );
  const first = new Set<string | undefined>();
  for (let round = 0; round < 200; round += 1) {
    const [foremost, ...others] = await found(list);
    expect([foremost, ...others].sort()).toEqual([
      '10.0.0.1:1',
      '10.0.0.2:2',
      '10.0.0.3:3',
      '10.0.0.9:9',
      '[::2]:2',
    ]);
    first.add(foremost);
  }
  expect(first.size).toBe(5);
});

test('addresses that were looked up now come before those of names that are unknown or not answered now', async () => {
  const answers: Parameters<typeof nameServer>[0] = { a: ['10.0.0.1'], b: ['10.0.0.2'], c: ['10.0.0.3'] };
  const resolver = nameServer(answers);
  const list = new ServerList(servers, resolver);
  await found(list);
  answers.a = new Error('unknown');
  answers.b = undefined;
  answers.c = ['10.0.0.33'];
  for (let round = 0; round < 20; round += 1) {
    const [first, ...others] = await found(list);
    expect(first).toBe('10.0.0.33:3');
    expect(others.sort()).toEqual(['10.0.0.1:1', '10.0.0.2:2']);
  }
  expect(resolver.asked.filter((host) => host === 'b')).toHaveLength(2);
});

test('a look-up that is answered late is of use to the next attempt', async () => {
  let answer: (addresses: string[]) => void = () => {};
  const list = new ServerList(servers.slice(0, 2), (host) =>
    host === 'a' ? new Promise((resolve) => (answer = resolve)) : Promise.resolve(['10.0.0.2']),
  );
  expect(await found(list)).toEqual(['10.0.0.2:2']);
  answer(['10.0.0.1']);
  expect((await found(list)).toSorted()).toEqual(['10.0.0.1:1', '10.0.0.2:2']);
});

test('with no address at all it waits for the first answer, and fails when there is none', async () => {
  expect(
    await found(new ServerList(servers, nameServer({ a: new Error('unknown'), c: ['10.0.0.3'] }))),
  ).toEqual(['10.0.0.3:3']);
  const reason = new Error('unknown');
  const lookingUp = new ServerList(servers, nameServer({ a: reason, b: reason, c: reason })).round();
  await expect(lookingUp).rejects.toMatchObject({ code: 'NAME_NOT_RESOLVED', cause: reason });
  await expect(lookingUp).rejects.toThrow('None of the names in a:1,b:2,c:3 can be resolved');
});
