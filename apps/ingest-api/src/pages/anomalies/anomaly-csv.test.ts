import { anomalyCsv } from './anomaly-csv.js';

const anomaly = (sensor: string | null) => ({
  ...{ sensor, timestamp: 1_700_000_000_000, value: 200, method: 'hampel', score: 8.5 },
  expected: { min: 79, max: 81 },
});

test('fields are quoted where needed, and no id becomes a formula', () => {
  const lines = anomalyCsv([anomaly(null), anomaly('a,"b"'), anomaly('=1+1')]).split('\r\n');
  expect(lines[1]).toBe('1700000000000,2023-11-14T22:13:20.000Z,,200,79,81,8.5,hampel');
  expect(lines[2]).toContain(',"a,""b""",');
  expect(lines[3]).toContain(",'=1+1,");
  expect(lines).toHaveLength(5);
});
