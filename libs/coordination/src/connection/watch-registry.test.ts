import { WatchRegistry } from './watch-registry.js';

function setUp() {
  let pending = 0;
  const registry = new WatchRegistry((change) => (pending += change));
  const heard: string[] = [];
  const listen = (kind: 'data' | 'children', path: string, name: string) =>
    registry.add(kind, path, (type) => heard.push(`${name} ${type}`));
  return { registry, heard, listen, pending: () => pending };
}

test('a watch is one-shot: its listener is called once and then forgotten', () => {
  const { registry, heard, listen, pending } = setUp();
  listen('data', '/a', 'first');
  listen('data', '/a', 'second');
  listen('data', '/b', 'other');
  expect(pending()).toBe(3);
  registry.dispatch('changed', '/a');
  registry.dispatch('changed', '/a');
  expect(heard).toEqual(['first changed', 'second changed']);
  expect(pending()).toBe(1);
});

test('each event is heard by those whom it concerns', () => {
  const { registry, heard, listen } = setUp();
  for (const type of ['created', 'changed', 'child', 'deleted', 'removed'] as const) {
    listen('data', `/${type}`, 'data');
    listen('children', `/${type}`, 'children');
    registry.dispatch(type, `/${type}`);
  }
  expect(heard).toEqual([
    'data created',
    'data changed',
    'children child',
    'data deleted',
    'children deleted',
    'data removed',
    'children removed',
  ]);
});

test('one that listens anew while it is called waits for the next event', () => {
  const { registry, heard, listen, pending } = setUp();
  registry.add('data', '/a', () => listen('data', '/a', 'again'));
  registry.dispatch('changed', '/a');
  expect(heard).toEqual([]);
  expect(pending()).toBe(1);
  registry.dispatch('deleted', '/a');
  expect(heard).toEqual(['again deleted']);
  expect(pending()).toBe(0);
});

test('a listener that is taken back, also after its call or the end of the session, is counted off once', () => {
  const { registry, heard, listen, pending } = setUp();
  const [taken, fired, ended] = ['taken', 'fired', 'ended'].map((name) => listen('data', `/${name}`, name));
  taken!();
  registry.dispatch('changed', '/fired');
  registry.clear();
  expect(pending()).toBe(0);
  for (const unwatch of [taken, fired, ended]) unwatch!();
  for (const name of ['taken', 'ended']) registry.dispatch('changed', `/${name}`);
  expect(heard).toEqual(['fired changed']);
  expect(pending()).toBe(0);
});
