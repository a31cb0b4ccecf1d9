import {
  type Acl,
  CREATE_MODES,
  type CreateMode,
  type MultiCreate,
  OPEN_ACL,
} from '@atalaya/zookeeper-protocol';
import { WireError } from '../errors/wire-error.js';
import { bytesOf, type ZnodeData } from './znode-data.js';

/** The longest time to live that ZooKeeper can keep: 40 bits, about 35 years. */
const MAX_TTL_MS = 0xff_ffff_ffff;

/** What is created. */
export interface CreateOptions {
  /** None by default. */
  readonly data?: ZnodeData | undefined;
  /** `persistent` by default. */
  readonly mode?: CreateMode | undefined;
  /** Everybody may do everything by default; `CREATOR_ACL` is for the authenticated user alone. */
  readonly acl?: readonly Acl[] | undefined;
  /** With the modes `ttl` and `ttl-sequential`: deleted when unchanged for so long and without children. */
  readonly ttlMs?: number | undefined;
}

/** Whether the servers complete the path by a number. */
export function isSequential(mode: CreateMode = 'persistent'): boolean {
  return mode.endsWith('sequential');
}

/**
 * The request for it: each kind of znode has its own operation.
 *
 * @throws {WireError} `INVALID_ARGUMENT`
 */
export function createRequest(path: string, options: CreateOptions): MultiCreate {
  const { mode = 'persistent', acl = OPEN_ACL, ttlMs } = options;
  const common = { path, data: bytesOf(options.data), acl, flags: CREATE_MODES[mode] };
  if (!mode.startsWith('ttl')) {
    if (ttlMs !== undefined)
      throw invalid(path, `ttlMs is for the modes ttl and ttl-sequential, not ${mode}`);
    return { operation: mode === 'container' ? 'createContainer' : 'create2', ...common };
  }
  if (ttlMs === undefined || !Number.isInteger(ttlMs) || ttlMs < 1 || ttlMs > MAX_TTL_MS) {
    throw invalid(
      path,
      `ttlMs is ${ttlMs ?? 'missing'}, and has to be a whole number from 1 to ${MAX_TTL_MS}`,
    );
  }
  return { operation: 'createTtl', ...common, ttlMs };
}

function invalid(path: string, problem: string): WireError {
  return new WireError('INVALID_ARGUMENT', `${path} cannot be created: ${problem}`, { path });
}
