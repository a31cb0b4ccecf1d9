import { parseConnectString, problemOfPath, type ServerAddress } from '@atalaya/zookeeper-protocol';
import { type RetryDelays } from '../addresses/retry-delay.js';
import { type ConnectionLimits } from '../connection/server-connection.js';
import { WireError } from '../errors/wire-error.js';
import { type SessionOptions } from './session-options.js';

const DEFAULT_SESSION_TIMEOUT_MS = 10_000;
const DEFAULT_RETRY: RetryDelays = { firstDelayMs: 50, maxDelayMs: 1_000 };
/** On a busy machine a server that works may take this long to answer. */
const LEAST_CONNECT_TIMEOUT_MS = 250;
/** `jute.maxbuffer` of servers. */
const DEFAULT_MAX_REQUEST_BYTES = 0xf_ffff;
const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;
const DEFAULT_MAX_PENDING_REQUESTS = 262_144;

/** Options with everything that was left out. */
export interface ResolvedOptions {
  readonly servers: readonly ServerAddress[];
  /** Empty, or a path without a slash at its end. */
  readonly chroot: string;
  readonly sessionTimeoutMs: number;
  readonly retry: RetryDelays;
  readonly limits: ConnectionLimits & { readonly connectTimeoutMs: number };
}

/** @throws {WireError} `INVALID_ARGUMENT` */
export function resolveOptions(options: SessionOptions): ResolvedOptions {
  const { servers, chroot } = serversOf(options);
  const sessionTimeoutMs = options.sessionTimeoutMs ?? DEFAULT_SESSION_TIMEOUT_MS;
  assertPositive('sessionTimeoutMs', sessionTimeoutMs);
  const shareMs = (2 * sessionTimeoutMs) / 3 / servers.length;
  const limits = {
    connectTimeoutMs: options.connectTimeoutMs ?? Math.max(LEAST_CONNECT_TIMEOUT_MS, Math.round(shareMs)),
    maxRequestBytes: options.maxRequestBytes ?? DEFAULT_MAX_REQUEST_BYTES,
    maxReplyBytes: options.maxReplyBytes ?? DEFAULT_MAX_BYTES,
    maxQueuedBytes: options.maxQueuedBytes ?? DEFAULT_MAX_BYTES,
    maxPendingRequests: options.maxPendingRequests ?? DEFAULT_MAX_PENDING_REQUESTS,
  };
  for (const [name, value] of Object.entries(limits)) assertPositive(name, value);
  return { servers, chroot, sessionTimeoutMs, retry: { ...DEFAULT_RETRY, ...options.retry }, limits };
}

function serversOf({ hosts, chroot }: SessionOptions): Pick<ResolvedOptions, 'servers' | 'chroot'> {
  const parsed = typeof hosts === 'string' ? parse(hosts) : { servers: hosts, chroot: '' };
  if (parsed.servers.length === 0) throw new WireError('INVALID_ARGUMENT', 'hosts names no server');
  const root = (chroot ?? parsed.chroot).replace(/\/$/, '');
  const problem = root === '' ? undefined : problemOfPath(root);
  if (problem !== undefined) {
    throw new WireError('INVALID_ARGUMENT', `${JSON.stringify(root)} cannot be the chroot: ${problem}`);
  }
  return { servers: parsed.servers, chroot: root };
}

function parse(hosts: string): Pick<ResolvedOptions, 'servers' | 'chroot'> {
  try {
    return parseConnectString(hosts);
  } catch (cause) {
    throw new WireError('INVALID_ARGUMENT', (cause as Error).message, { cause });
  }
}

function assertPositive(name: string, value: number): void {
  if (value > 0 && Number.isFinite(value)) return;
  throw new WireError('INVALID_ARGUMENT', `${name} is ${value}, and has to be a number greater than 0`);
}
