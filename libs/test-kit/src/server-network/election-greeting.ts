import { type StreamReader } from '../fault-proxy/stream-reader.js';

/** Version, server id and the length of what follows: the fixed part of a greeting. */
const HEAD_BYTES = 8 + 8 + 4;
/** A greeting is an address or a few; ZooKeeper itself takes no longer ones. */
const LONGEST_ADDRESSES_BYTES = 512;

/**
 * Reads what a server sends on an election connection that it has opened. It begins with the server's own election
 * address (ZooKeeper's `QuorumCnxManager.InitialMessage`), to which a peer of a greater id connects in return, past
 * every proxy: so the address is replaced by one of the proxy of that way back. What follows goes through as it is.
 */
export class ElectionGreetingReader implements StreamReader {
  readonly raw = true;
  #greeting: Buffer | undefined = Buffer.alloc(0);

  /** @param wayBack `host:port` at which the peer reaches the server that greets it */
  constructor(private readonly wayBack: () => string) {}

  push(chunk: Buffer): Buffer[] {
    if (!this.#greeting) return [chunk];
    this.#greeting = Buffer.concat([this.#greeting, chunk]);
    if (this.#greeting.length < HEAD_BYTES) return [];
    const addressesLength = this.#greeting.readInt32BE(HEAD_BYTES - 4);
    const end = HEAD_BYTES + addressesLength;
    const isGreeting =
      this.#greeting.readBigInt64BE(0) < 0n &&
      addressesLength > 0 &&
      addressesLength <= LONGEST_ADDRESSES_BYTES;
    if (isGreeting && this.#greeting.length < end) return [];
    const read = this.#greeting;
    this.#greeting = undefined;
    // Servers before 3.5 send their id alone, and are answered at the address of the configuration.
    return isGreeting ? [this.#redirected(read, end)] : [read];
  }

  switchToRaw(): void {
    // It is read for its first bytes alone.
  }

  #redirected(read: Buffer, end: number): Buffer {
    const address = Buffer.from(this.wayBack());
    const head = Buffer.from(read.subarray(0, HEAD_BYTES));
    head.writeInt32BE(address.length, HEAD_BYTES - 4);
    return Buffer.concat([head, address, read.subarray(end)]);
  }
}

/** Hands everything on unread. */
export class OpaqueReader implements StreamReader {
  readonly raw = true;

  push(chunk: Buffer): Buffer[] {
    return [chunk];
  }

  switchToRaw(): void {
    // It is raw from the start.
  }
}
