import { type MultiPart, type MultiPartReply, type NodeValue } from '@atalaya/zookeeper-protocol';
import { serverError } from '../errors/server-error.js';
import { type Answer, type WireError } from '../errors/wire-error.js';
import { type ZnodePaths } from '../session/znode-paths.js';

/** One read of a multi-read. */
export interface ReadOperation {
  readonly kind: 'getData' | 'getChildren';
  readonly path: string;
}

/** What a read has led to: the others are not affected by one that failed. */
export type ReadResult<Op extends ReadOperation = ReadOperation> =
  | (Op['kind'] extends 'getData'
      ? { readonly kind: 'getData'; readonly value: NodeValue; readonly error?: undefined }
      : Op['kind'] extends 'getChildren'
        ? { readonly kind: 'getChildren'; readonly names: readonly string[]; readonly error?: undefined }
        : | { readonly kind: 'getData'; readonly value: NodeValue; readonly error?: undefined }
          | { readonly kind: 'getChildren'; readonly names: readonly string[]; readonly error?: undefined })
  | { readonly kind: 'error'; readonly error: WireError };

/** The results of these reads, each of its own type. */
export type ReadResults<Ops extends readonly ReadOperation[]> = {
  readonly [Index in keyof Ops]: ReadResult<Ops[Index]>;
};

/** @throws {WireError} `INVALID_ARGUMENT` */
export function readParts(operations: readonly ReadOperation[], paths: ZnodePaths): MultiPart[] {
  return operations.map(({ kind, path }) => ({ operation: kind, path: paths.toServer(path), watch: false }));
}

export function readResults<Ops extends readonly ReadOperation[]>(
  operations: Ops,
  replies: readonly MultiPartReply[],
  answer: Answer,
): ReadResults<Ops> {
  const results = replies.map((reply, index): ReadResult => {
    if (reply.operation === 'getData') return { kind: 'getData', value: reply.value };
    if (reply.operation === 'getChildren') return { kind: 'getChildren', names: reply.names };
    const { kind, path } = operations[index] ?? { kind: 'multiRead', path: undefined };
    const code = reply.operation === 'error' ? reply.error : 0;
    return { kind: 'error', error: serverError(code, kind, { path, answer }) };
  });
  return results as unknown as ReadResults<Ops>;
}
