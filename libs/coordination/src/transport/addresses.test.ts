import { Addresses } from './addresses.js';

const servers = [
  { host: 'a', port: 1 },
  { host: 'b', port: 2 },
];

test('addresses of several servers, with brackets around those of IPv6', async () => {
  const addresses = new Addresses(servers, (host) => Promise.resolve([host === 'a' ? '10.0.0.1' : '::2']));
  expect((await addresses.lookUp()).toSorted()).toEqual(['10.0.0.1:1', '[::2]:2']);
});

test('names of which none is known are a lost connection, with the reason of the name server', async () => {
  const reason = new Error('unknown');
  const lookingUp = new Addresses(servers, () => Promise.reject(reason)).lookUp();
  await expect(lookingUp).rejects.toMatchObject({ code: 'CONNECTION_LOSS', cause: reason });
  await expect(lookingUp).rejects.toThrow('None of the names in a:1,b:2 can be resolved');
});
