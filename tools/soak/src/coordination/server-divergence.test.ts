import { digestMismatches } from './server-divergence.js';

test('the mismatches of a server are read from what it says of itself', () => {
  const line = (count: number) =>
    `zk_version\t3.8.0\nzk_digest_mismatches_count\t${count}\nzk_uptime\t4242\n`;
  expect(digestMismatches(line(0))).toBe(0);
  expect(digestMismatches(line(17))).toBe(17);
  expect(digestMismatches('This ZooKeeper instance is not currently serving requests')).toBe(0);
});
