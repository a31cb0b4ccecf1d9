import type { Resolver } from '@atalaya/zookeeper-wire';
import { Addresses } from './addresses.js';

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

test('addresses of several servers, with brackets around those of IPv6', async () => {
  const addresses = new Addresses(servers, nameServer({ a: ['10.0.0.1'], b: ['::2'], c: ['10.0.0.3'] }));
  expect((await addresses.lookUp()).toSorted()).toEqual(['10.0.0.1:1', '10.0.0.3:3', '[::2]:2']);
});

test('with no address at all it waits for the first answer, and fails when there is none', async () => {
  expect(
    await new Addresses(servers, nameServer({ a: new Error('unknown'), c: ['10.0.0.3'] })).lookUp(),
  ).toEqual(['10.0.0.3:3']);
  const reason = new Error('unknown');
  const lookingUp = new Addresses(servers, nameServer({ a: reason, b: reason, c: reason })).lookUp();
  await expect(lookingUp).rejects.toMatchObject({ code: 'CONNECTION_LOSS', cause: reason });
  await expect(lookingUp).rejects.toThrow('None of the names in a:1,b:2,c:3 can be resolved');
});
