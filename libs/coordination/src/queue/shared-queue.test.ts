import { sharedProtocol, sharedQueue } from './shared-queue.js';

const guid = 'a'.repeat(32);
const [w0, r1, r2, w3, r4] = [
  `${guid}__lock__0000000000`,
  `${guid}__rlock__0000000001`,
  `${guid}__rlock__0000000002`,
  `${guid}__lock__0000000003`,
  `${guid}__rlock__0000000004`,
] as const;
const waitsFor = (name: string, ...children: string[]) => {
  const place = sharedProtocol[name.includes('__rlock__') ? 'read' : 'write'].placeOf(children, name);
  return place ? place.behind : 'absent';
};

test('readers wait for writers before them alone, a writer waits for whoever is before it', () => {
  const all = [r4, w3, r2, r1, w0];
  expect(waitsFor(w0, ...all)).toBeUndefined();
  expect(waitsFor(r1, ...all)).toBe(w0);
  expect(waitsFor(r2, ...all)).toBe(w0);
  expect(waitsFor(w3, ...all)).toBe(r2);
  expect(waitsFor(r4, ...all)).toBe(w3);
  expect(waitsFor(r1, w3, r2, r1)).toBeUndefined();
  expect(waitsFor(r2, w3, r2, r1)).toBeUndefined();
});

test('a contender that is not in the queue is shown as such, and other children are passed over', () => {
  expect(waitsFor(r1, w0)).toBe('absent');
  expect(sharedQueue(['ready', `${guid}__lock__`, `${guid}__xlock__0000000001`])).toEqual([]);
});

test('the order survives the wrap of the sequence number', () => {
  const [last, first] = [`${guid}__rlock__2147483647`, `${guid}__lock__-2147483648`];
  expect(sharedQueue([first, last]).map(({ name }) => name)).toEqual([last, first]);
  expect(waitsFor(first, first, last)).toBe(last);
});
