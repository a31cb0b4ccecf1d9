import { connect } from 'node:net';
import { TestKitError } from '../errors.js';

/**
 * Sends one of ZooKeeper's four letter words (`ruok`, `srvr`, `wchs`, `cons`, `dump`, …) to a server and resolves with
 * its whole answer.
 *
 * @throws TestKitError `FOUR_LETTER_WORD_FAILED` when the server cannot be reached or does not answer in `timeoutMs`
 */
export function fourLetterWord(
  { host, port }: { readonly host: string; readonly port: number },
  word: string,
  { timeoutMs = 5_000 }: { readonly timeoutMs?: number } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect({ host, port });
    const fail = (why: string, cause?: unknown): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(new TestKitError('FOUR_LETTER_WORD_FAILED', `'${word}' to ${host}:${port}: ${why}`, { cause }));
    };
    const timer = setTimeout(() => {
      fail(`no complete answer within ${timeoutMs} ms`);
    }, timeoutMs);
    socket.once('connect', () => socket.write(word));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.once('error', (error) => {
      fail(error.message, error);
    });
    socket.once('end', () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(Buffer.concat(chunks).toString('utf8'));
    });
  });
}

/** What a server says of itself in `srvr`: its role, or undefined while it serves no requests. */
export type ServerMode = 'standalone' | 'leader' | 'follower' | 'observer' | 'read-only';

/** What `srvr` says of a server that serves requests. */
export interface ServerStatus {
  readonly mode: ServerMode;
  /** The last transaction that the server has applied: its epoch in the upper 32 bits, its number in the lower. */
  readonly zxid: bigint;
}

/** Asks a server for its role and its last transaction; undefined when it cannot be reached or serves no requests. */
export async function serverStatus(
  address: { readonly host: string; readonly port: number },
  timeoutMs = 3_000,
): Promise<ServerStatus | undefined> {
  const answer = await fourLetterWord(address, 'srvr', { timeoutMs }).catch(() => '');
  const mode = /^Mode: (standalone|leader|follower|observer|read-only)$/m.exec(answer)?.[1];
  const zxid = /^Zxid: (0x[0-9a-f]+)$/m.exec(answer)?.[1];
  return mode === undefined || zxid === undefined
    ? undefined
    : { mode: mode as ServerMode, zxid: BigInt(zxid) };
}
