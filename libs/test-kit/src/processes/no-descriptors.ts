import { openSync } from 'node:fs';

const STANDARD_STREAMS = 3;
const DESCRIPTORS = 256;
let nothing: number[] | undefined;

/**
 * What follows the standard streams in the `stdio` option of a child process: `/dev/null` in place of the sockets of
 * native ZooKeeper clients in this process, which children inherit. While a child lived, a connection that its client
 * has closed would still be polled. Typed as nothing, so that `spawn` still knows the streams.
 */
export function noDescriptors(): [] {
  nothing ??= new Array<number>(DESCRIPTORS - STANDARD_STREAMS).fill(openSync('/dev/null', 'r+'));
  return nothing as [];
}
