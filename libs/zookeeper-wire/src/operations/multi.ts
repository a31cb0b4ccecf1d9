import { type MultiPart, type MultiPartReply, type Stat } from '@atalaya/zookeeper-protocol';
import { MultiError } from '../errors/multi-error.js';
import { serverError } from '../errors/server-error.js';
import { type Answer } from '../errors/wire-error.js';
import { type ZnodePaths } from '../session/znode-paths.js';
import { createRequest, type CreateOptions, isSequential } from './create.js';
import { bytesOf, versionOf, type ZnodeData } from './znode-data.js';

/** One step of a multi. */
export type MultiOperation =
  | ({ readonly kind: 'create'; readonly path: string } & CreateOptions)
  | {
      readonly kind: 'setData';
      readonly path: string;
      readonly data: ZnodeData;
      /** Any version where none is given. */
      readonly version?: number | undefined;
    }
  | { readonly kind: 'delete'; readonly path: string; readonly version?: number | undefined }
  /** Fails the multi unless the znode is there, at this version where one is given. */
  | { readonly kind: 'check'; readonly path: string; readonly version?: number | undefined };

/** What a step has led to. */
export type MultiResult<Op extends MultiOperation = MultiOperation> = Op extends { readonly kind: 'create' }
  ? {
      readonly kind: 'create';
      /** The sequence number included. */
      readonly path: string;
      /** There where the servers say it, as they do for containers and times to live. */
      readonly stat: Stat | undefined;
    }
  : Op extends { readonly kind: 'setData' }
    ? { readonly kind: 'setData'; readonly stat: Stat }
    : { readonly kind: Op['kind'] };

/** The results of these steps, each of its own type. */
export type MultiResults<Ops extends readonly MultiOperation[]> = {
  readonly [Index in keyof Ops]: MultiResult<Ops[Index]>;
};

/** @throws {WireError} `INVALID_ARGUMENT` */
export function multiParts(operations: readonly MultiOperation[], paths: ZnodePaths): MultiPart[] {
  return operations.map((operation): MultiPart => {
    const { kind, path: named } = operation;
    if (kind === 'create') {
      const path = paths.toServer(named, { sequential: isSequential(operation.mode) });
      const request = createRequest(path, operation);
      // Servers read a multi's creation by the older operation; the mode is the same.
      return request.operation === 'create2' ? { ...request, operation: 'create' } : request;
    }
    const path = paths.toServer(named);
    const version = versionOf(operation.version, named);
    return kind === 'setData'
      ? { operation: kind, path, data: bytesOf(operation.data), version }
      : { operation: kind, path, version };
  });
}

/** @throws {MultiError} when a part failed */
export function multiResults<Ops extends readonly MultiOperation[]>(
  operations: Ops,
  replies: readonly MultiPartReply[],
  paths: ZnodePaths,
  answer: Answer,
): MultiResults<Ops> {
  if (replies.some(({ operation }) => operation === 'error')) throw failure(operations, replies, answer);
  const results = replies.map((reply): MultiResult => {
    switch (reply.operation) {
      case 'create':
        return { kind: 'create', path: paths.toClient(reply.path), stat: undefined };
      case 'create2':
      case 'createContainer':
      case 'createTtl':
        return { kind: 'create', path: paths.toClient(reply.path), stat: reply.stat };
      case 'setData':
        return { kind: 'setData', stat: reply.stat };
      default:
        return { kind: reply.operation === 'delete' ? 'delete' : 'check' };
    }
  });
  return results as unknown as MultiResults<Ops>;
}

function failure(
  operations: readonly MultiOperation[],
  replies: readonly MultiPartReply[],
  answer: Answer,
): MultiError {
  const errors = replies.map((reply, index) => {
    const { kind, path } = operations[index] ?? { kind: 'multi', path: undefined };
    // What precedes the part that failed is answered as a success that was taken back.
    const code = reply.operation === 'error' && reply.error !== 0 ? reply.error : ROLLED_BACK;
    return serverError(code, kind, { path, answer });
  });
  const index = Math.max(
    0,
    errors.findIndex(({ code }) => code !== 'ROLLED_BACK'),
  );
  return new MultiError(
    errors,
    index,
    errors[index] ?? serverError(ROLLED_BACK, 'multi', { answer }),
    answer,
  );
}

const ROLLED_BACK = -2;
