import { hostileKeys } from '../src/index.js';

test('writers that name ever new groups and sensors are refused, and the API starts again on what they left', async () => {
  const lines: string[] = [];
  const violations = await hostileKeys({
    ...{ count: 600, maxGroups: 5, maxSensorsPerGroup: 150 },
    print: (line) => lines.push(line),
  });
  // How fast a start is depends on what else this machine does.
  expect(violations.filter((violation) => !violation.includes('took'))).toEqual([]);
  expect(lines[0]).toMatch(/^5 groups taken, 295 refused; 100 sensors taken, 200 refused; /);
}, 120_000);
