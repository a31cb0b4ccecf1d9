import { jest } from '@jest/globals';
import { attack, hostileClients } from '../src/index.js';

jest.setTimeout(120_000);

test('no tick of a leader is missing while others hold back the rest of their requests', async () => {
  const violations = await hostileClients({ seconds: 5, sockets: 600, print: () => {} });
  // How fast it is depends on what else this machine does.
  expect(violations.filter((violation) => violation.includes('missing'))).toEqual([]);
});

test('no tick of a leader is missing while all kinds of attackers are there at a time', async () => {
  const few = { sockets: 64, readers: 20, streams: 100 };
  const historyValues = 2_000;
  const result = await attack({ seconds: 5, tickMs: 100, ...few, historyValues, print: () => {} });
  // How fast it is depends on what else this machine does, here too.
  expect(result.violations.filter((violation) => violation.includes('missing'))).toEqual([]);
  expect(result.ticks.sent).toBeGreaterThan(0);
  expect(result.attackers?.streams).toMatchObject({ connected: few.streams, refused: 0 });
});
