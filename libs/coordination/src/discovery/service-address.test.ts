import { serviceAddressCodec, type ServiceAddress } from './service-address.js';

const encode = (address: ServiceAddress) => serviceAddressCodec.encode(address);
const decode = (data: Buffer) => serviceAddressCodec.decode(data);

test.each<ServiceAddress>([
  { host: '10.0.0.7', port: 8080 },
  { host: 'fe80::1%eth0', port: 1, metadata: {} },
  {
    host: 'ingest-1.internal',
    port: 65_535,
    metadata: { zone: 'a', weights: [1, 2.5], deep: { on: true, off: null } },
  },
])('%j comes back as it was', (address) => {
  expect(decode(Buffer.from(encode(address)))).toEqual(address);
});

test.each([
  ['null', 'an object'],
  ['[]', 'an object'],
  ['{}', 'host is undefined'],
  ['{"host":"","port":1}', 'host is ""'],
  ['{"host":"a b","port":1}', 'host is'],
  ['{"host":"http://a","port":1}', 'host is'],
  ['{"host":"a"}', 'port is undefined'],
  ['{"host":"a","port":"80"}', 'port is "80"'],
  ['{"host":"a","port":0}', 'port is 0'],
  ['{"host":"a","port":65536}', 'port is 65536'],
  ['{"host":"a","port":1,"metadata":[]}', 'metadata is'],
  ['{"host":"a"', 'JSON'],
  ['x'.repeat(70_000), 'longer than'],
])('%.40j is refused: %s', (text, problem) => {
  expect(() => decode(Buffer.from(text))).toThrow(problem);
});

test.each([undefined, NaN, 1n, () => 1, new Date(), new Map()])(
  'metadata with %p is refused, since JSON would change it',
  (value) => {
    expect(() => encode({ host: 'a', port: 1, metadata: { deep: [value] } as never })).toThrow(
      /metadata\.deep\.0 is/,
    );
  },
);

test('what a newer version adds is passed over', () => {
  expect(decode(Buffer.from('{"host":"a","port":1,"weight":3}'))).toEqual({ host: 'a', port: 1 });
});
