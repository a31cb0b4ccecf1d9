import { Addresses, type Resolver } from './addresses.js';

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

const servers = [
  { host: 'a', port: 1 },
  { host: 'b', port: 2 },
  { host: 'c', port: 3 },
];

test('all addresses of all names, each once, in an order that changes', async () => {
  const addresses = new Addresses(
    [...servers, { host: 'twin', port: 1 }, { host: '10.0.0.9', port: 9 }],
    nameServer({ a: ['10.0.0.1'], b: ['10.0.0.2', '::2'], c: ['10.0.0.3'], twin: ['10.0.0.1'] }),
  );
  const first = new Set<string | undefined>();
  for (let round = 0; round < 200; round += 1) {
    const found = await addresses.lookUp();
    expect([...found].sort()).toEqual(['10.0.0.1:1', '10.0.0.2:2', '10.0.0.3:3', '10.0.0.9:9', '[::2]:2']);
    first.add(found[0]);
  }
  expect(first.size).toBe(5);
});

test('addresses that were looked up now come before those of names that are unknown or not answered now', async () => {
  const answers: Parameters<typeof nameServer>[0] = { a: ['10.0.0.1'], b: ['10.0.0.2'], c: ['10.0.0.3'] };
  const resolver = nameServer(answers);
  const addresses = new Addresses(servers, resolver);
  await addresses.lookUp();
  answers.a = new Error('unknown');
  answers.b = undefined;
  answers.c = ['10.0.0.33'];
  for (let round = 0; round < 20; round += 1) {
    const [first, ...others] = await addresses.lookUp();
    expect(first).toBe('10.0.0.33:3');
    expect(others.sort()).toEqual(['10.0.0.1:1', '10.0.0.2:2']);
  }
  expect(resolver.asked.filter((host) => host === 'b')).toHaveLength(2);
});

test('a look-up that is answered late is of use to the next attempt', async () => {
  let answer: (addresses: string[]) => void = () => {};
  const addresses = new Addresses(servers.slice(0, 2), (host) =>
    host === 'a' ? new Promise((resolve) => (answer = resolve)) : Promise.resolve(['10.0.0.2']),
  );
  expect(await addresses.lookUp()).toEqual(['10.0.0.2:2']);
  answer(['10.0.0.1']);
  expect((await addresses.lookUp()).toSorted()).toEqual(['10.0.0.1:1', '10.0.0.2:2']);
});

test('with no address at all it waits for the first answer, and fails when there is none', async () => {
  expect(
    await new Addresses(servers, nameServer({ a: new Error('unknown'), c: ['10.0.0.3'] })).lookUp(),
  ).toEqual(['10.0.0.3:3']);
  const reason = new Error('unknown');
  const lookingUp = new Addresses(servers, nameServer({ a: reason, b: reason, c: reason })).lookUp();
  await expect(lookingUp).rejects.toMatchObject({ code: 'CONNECTION_LOSS', cause: reason });
  await expect(lookingUp).rejects.toThrow('None of the host names in a:1,b:2,c:3 can be resolved');
});
