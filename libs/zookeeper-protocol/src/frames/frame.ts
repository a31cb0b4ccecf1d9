/** Bytes of the length in front of each frame's payload. */
export const LENGTH_BYTES = 4;

/** The payload of a frame, in the same memory. */
export function payloadOf(frame: Buffer): Buffer {
  return frame.subarray(LENGTH_BYTES);
}

/** A frame around a copy of this payload. */
export function frameOf(payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(LENGTH_BYTES + payload.length);
  frame.writeInt32BE(payload.length, 0);
  frame.set(payload, LENGTH_BYTES);
  return frame;
}
