/** A list of byte strings. */
export function encodeStrings(strings: readonly string[]): Buffer {
  const bytes = Buffer.allocUnsafe(strings.reduce((length, text) => length + 4 + text.length, 0));
  let at = 0;
  for (const text of strings) {
    at = bytes.writeUInt32BE(text.length, at);
    at += bytes.write(text, at, 'latin1');
  }
  return bytes;
}

/** @throws RangeError when the bytes are no list of strings. */
export function decodeStrings(bytes: Buffer): string[] {
  const strings: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) throw new RangeError('A stored string is cut off.');
    strings.push(bytes.toString('latin1', at + 4, end));
    at = end;
  }
  return strings;
}
