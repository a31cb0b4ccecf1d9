import { randomBytes, randomInt } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JournalWindows } from './journal-windows.js';

const BYTES = 5_000_000;

let folder: string;
let fd: number;
const written = randomBytes(BYTES);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-windows-'));
  writeFileSync(join(folder, 'file'), written);
  fd = openSync(join(folder, 'file'), 'r+');
});
afterEach(() => {
  closeSync(fd);
  rmSync(folder, { recursive: true });
});

test('what is read anywhere, within a window and across its end, is what the file has there', () => {
  const windows = new JournalWindows();
  for (let read = 0; read < 3_000; read++) {
    const at = randomInt(BYTES);
    const length = randomInt(read % 10 === 0 ? 200_000 : 2_000);
    const bytes = windows.read(fd, { at, length, end: BYTES });
    expect(bytes.equals(written.subarray(at, at + length))).toBe(true);
  }
});

test('the file ends where its user says, and what was appended since is read, too', () => {
  const windows = new JournalWindows();
  expect(windows.read(fd, { at: 900, length: 200, end: 1_000 })).toHaveLength(100);
  expect(windows.read(fd, { at: 900, length: 200, end: 1_050 })).toHaveLength(150);
  const whole = windows.read(fd, { at: 900, length: 200, end: BYTES });
  expect(whole.equals(written.subarray(900, 1_100))).toBe(true);
  expect(windows.read(fd, { at: 65_000, length: 100_000, end: 65_100 })).toHaveLength(100);
});

test('after it was told to forget, what the file has now is read', () => {
  const windows = new JournalWindows();
  expect(windows.read(fd, { at: 10, length: 5, end: BYTES }).equals(written.subarray(10, 15))).toBe(true);
  writeSync(fd, Buffer.from('other'), 0, 5, 10);
  windows.forget();
  expect(windows.read(fd, { at: 10, length: 5, end: BYTES }).toString()).toBe('other');
});
