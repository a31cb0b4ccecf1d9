import { waitFor } from '@atalaya/test-kit';
import { assertKazooInstalled } from '../kazoo/kazoo-candidate.js';
import { KazooRecipe } from '../kazoo/kazoo-recipe.js';
import { RecipeBench } from './support/recipe-bench.js';

let bench: RecipeBench;
beforeAll(async () => {
  bench = await RecipeBench.start();
}, 90_000);
afterAll(async () => {
  await bench.close();
});
afterEach(async () => {
  await bench.heal();
});

test("kazoo's participants and this library's see each other come and go", async () => {
  assertKazooInstalled();
  const path = '/parties/mixed';
  await using python = await KazooRecipe.start({ hosts: bench.hosts, recipe: 'Party', path, id: 'python' });
  const [first, second] = [
    bench.first.party(path, { id: 'typescript' }),
    bench.second.party(path, { id: 'typescript' }),
  ];
  const seenByKazoo = (ids: string) =>
    waitFor(async () => (await python.ask('ids')) === ids, { describe: `kazoo to see ${ids}` });

  await Promise.all([first.join(), first.join()]);
  expect([first.participating, second.participating]).toEqual([true, false]);
  await seenByKazoo('typescript');
  await python.ask('join');
  await second.join();
  await seenByKazoo('python,typescript,typescript');
  await waitFor(async () => (await first.ids()).sort().join() === 'python,typescript,typescript');
  await first.leave();
  await seenByKazoo('python,typescript');
  await python.ask('leave');
  await second[Symbol.asyncDispose]();
  await waitFor(async () => (await first.ids()).length === 0);
  await seenByKazoo('');
});

test('a participant is listed again in a new session, and not after it has left', async () => {
  const party = bench.first.party('/parties/renewed', { id: 'a' });
  await party.join();
  const [name] = await bench.second.children(party.path);
  const { ephemeralOwner } = (await bench.second.exists(`${party.path}/${name!}`))!;
  await bench.expire(bench.first);
  await waitFor(async () => {
    const stat = await bench.second.exists(`${party.path}/${name!}`);
    return stat !== undefined && stat.ephemeralOwner !== ephemeralOwner;
  });
  expect(await bench.second.party(party.path, { id: 'b' }).ids()).toEqual(['a']);
  await party.leave();
  expect(await bench.second.children(party.path)).toEqual([]);
});

test('other children are passed over, a path that is missing has nobody, and nothing is created by looking', async () => {
  const { first } = bench;
  const party = first.party('/parties/nobody', { id: 'a' });
  expect(await party.ids()).toEqual([]);
  expect(await first.exists('/parties/nobody')).toBeUndefined();
  await first.ensurePath('/parties/nobody/something-else');
  expect(await party.ids()).toEqual([]);
  await party.leave();
  expect(() => first.party('/parties/nobody', { id: '' })).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error,
  );
  const reason = new Error('enough');
  await expect(party.join({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  expect(await first.children('/parties/nobody')).toEqual(['something-else']);
});
