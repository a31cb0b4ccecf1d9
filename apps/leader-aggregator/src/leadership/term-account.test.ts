import { leadershipReportSchema } from '@atalaya/contracts';
import { TermAccount } from './term-account.js';

const term = { id: 'candidate-1', remainingMs: () => 1_999.6 };
const contender = (id: string) => ({ id, token: 1n, node: id });

test('an account names the queue as it was last read, in bounds, and the lease that remains', async () => {
  const answers = [['candidate-1', 'x'.repeat(300), '', 'candidate-2', 'a\u001b[2J\nb'], new Error('away')];
  const account = new TermAccount(
    term,
    {
      contenders: () => {
        const answer = answers.shift();
        return Array.isArray(answer) ? Promise.resolve(answer.map(contender)) : Promise.reject(answer!);
      },
    },
    5_000,
  );
  expect(account.report()).toMatchObject({ leaseMs: 2_000, intervalMs: 5_000, candidates: ['candidate-1'] });
  const { signal } = new AbortController();
  await account.refresh(signal);
  await account.refresh(signal);
  const report = account.report();
  expect(report.candidates).toEqual(['candidate-1', 'x'.repeat(128), 'candidate-2', 'a\ufffd[2J\ufffdb']);
  expect(leadershipReportSchema.parse(report)).toEqual(report);
});
