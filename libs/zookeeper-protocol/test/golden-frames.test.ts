import { readFileSync } from 'node:fs';
import {
  EncodedBody,
  JuteReader,
  JuteWriter,
  type Operation,
  payloadOf,
  readConnectRequest,
  readConnectResponse,
  readReplyBody,
  readReplyHeader,
  readRequest,
  readWatchEvent,
  SPECIAL_XIDS,
  writeConnectRequest,
  writeConnectResponse,
  writeReplyBody,
  writeReplyHeader,
  writeRequest,
  writeWatchEvent,
} from '../src/index.js';

/** Recorded by `libs/zookeeper-wire/test/golden/capture.mjs`; a line is the sender and a frame in hexadecimal digits. */
function recorded(client: string): { readonly from: string; readonly frame: Buffer }[] {
  const text = readFileSync(new URL(`fixtures/${client}.txt`, import.meta.url), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => line.split(' '))
    .map(([from, hex]) => ({ from: from!, frame: Buffer.from(hex!, 'hex') }));
}

function framed(write: (writer: JuteWriter) => void): Buffer {
  const writer = new JuteWriter();
  const start = writer.startFrame();
  write(writer);
  writer.endFrame(start);
  return writer.take();
}

/** Decodes each frame and encodes it again; the names of what was met. */
function roundTrip(client: string): Set<string> {
  const met = new Set<string>();
  const requests = new Map<number, Operation>();
  let [asked, greeted] = [false, false];
  for (const { from, frame } of recorded(client)) {
    const again = framed((writer) => {
      const payload = payloadOf(frame);
      if (from === 'client' && !asked) {
        asked = true;
        writeConnectRequest(writer, readConnectRequest(payload));
      } else if (from === 'client') {
        const { xid, operation, body } = readRequest(payload);
        requests.set(xid, operation);
        met.add(operation);
        writeRequest(writer, xid, operation, body);
        expect(
          framed((other) => {
            writeRequest(other, xid, operation, new EncodedBody(operation, body));
          }),
        ).toEqual(
          framed((other) => {
            writeRequest(other, xid, operation, body);
          }),
        );
      } else if (!greeted) {
        greeted = true;
        writeConnectResponse(writer, readConnectResponse(payload));
      } else {
        const reader = new JuteReader(payload);
        const header = readReplyHeader(reader);
        writeReplyHeader(writer, header);
        const operation = requests.get(header.xid);
        if (header.xid === SPECIAL_XIDS.watchEvent) {
          met.add('event');
          writeWatchEvent(writer, readWatchEvent(reader));
        } else if (operation && header.error === 0) {
          met.add(`reply to ${operation}`);
          writeReplyBody(writer, operation, readReplyBody(reader, operation));
        }
      }
    });
    expect(again.toString('hex')).toBe(frame.toString('hex'));
  }
  return met;
}

test('what the Java client sends, and a server answers, decodes and encodes to the same bytes', () => {
  const met = roundTrip('java');
  for (const operation of [
    'create',
    'create2',
    'createContainer',
    'createTtl',
    'delete',
    'exists',
    'getData',
    'setData',
    'getChildren',
    'getChildren2',
    'getAcl',
    'setAcl',
    'sync',
    'multi',
    'multiRead',
    'addWatch',
    'checkWatches',
    'removeWatches',
    'getEphemerals',
    'getAllChildrenNumber',
    'whoAmI',
    'closeSession',
  ]) {
    expect(met).toContain(operation);
    expect(met).toContain(`reply to ${operation}`);
  }
  expect(met).toContain('auth');
  expect(met).toContain('event');
});

test('what kazoo sends, and a server answers, decodes and encodes to the same bytes', () => {
  const met = roundTrip('kazoo');
  for (const operation of [
    'create',
    'create2',
    'exists',
    'getData',
    'getChildren2',
    'setData',
    'getAcl',
    'multi',
  ]) {
    expect(met).toContain(`reply to ${operation}`);
  }
});
