import { isMainThread } from 'node:worker_threads';
import { CoordinationError } from '../../errors/coordination-error.js';

/** States of the native client: in the first two it has no socket. */
export const WAITING: readonly number[] = [0, 999];
export const CONNECTED = 3;

/** A callback of the native client: result code, its text, then what the operation answers. */
export type NativeCallback = (code: number, text: string, ...results: unknown[]) => void;

export interface NativeOptions {
  readonly connect: string;
  readonly timeout: number;
  readonly debug_level: number;
  readonly host_order_deterministic: boolean;
  readonly response_counter_limit: number;
  readonly client_id?: string;
  readonly client_password?: string;
}

export interface NativeAcl {
  readonly perm: number;
  readonly scheme: string;
  readonly auth: string;
}

/** The methods of the native object that the transport calls; each returns a result code, 0 for "sent". */
export interface NativeHandle {
  emit: (event: string, handle: unknown, argument: unknown) => void;
  readonly client_id: string;
  readonly client_password: string;
  readonly timeout: number;
  readonly state: number;
  /** Returns the handle itself, or an Error that it does not throw. */
  init(options: NativeOptions): unknown;
  close(): unknown;
  add_auth(scheme: string, auth: string, callback: NativeCallback): number;
  a_create(path: string, data: Buffer, flags: number, callback: NativeCallback): number;
  a_get(path: string, watch: boolean, callback: NativeCallback): number;
  a_set(path: string, data: Buffer, version: number, callback: NativeCallback): number;
  a_delete_(path: string, version: number, callback: NativeCallback): number;
  a_exists(path: string, watch: boolean, callback: NativeCallback): number;
  a_get_children(path: string, watch: boolean, callback: NativeCallback): number;
  a_set_acl(path: string, version: number, acl: NativeAcl[], callback: NativeCallback): number;
  a_sync(path: string, callback: NativeCallback): number;
}

interface NativePackage {
  readonly default: new (options: object) => { readonly native: NativeHandle };
}

let loading: Promise<NativePackage> | undefined;

/**
 * A new native object, not yet initialised. The package's own JavaScript layer is passed by: it formats every
 * argument with `util.inspect`, which holds up the event loop when thousands of reads are sent.
 */
export async function newNativeHandle(): Promise<NativeHandle> {
  if (!isMainThread) {
    throw new CoordinationError(
      'UNSUPPORTED',
      'The native ZooKeeper client crashes the process when two threads use it: connect in the main thread, not in a worker',
    );
  }
  loading ??= load();
  try {
    const { default: ZooKeeper } = await loading;
    return new ZooKeeper({}).native;
  } catch (error) {
    loading = undefined;
    throw error;
  }
}

async function load(): Promise<NativePackage> {
  try {
    return await import('zookeeper');
  } catch (error) {
    throw new CoordinationError(
      'UNSUPPORTED',
      'The native part of the npm package "zookeeper" cannot be loaded. On Linux it is compiled when it is installed: ' +
        'install python3, make and g++, then run "npm rebuild zookeeper" with install scripts allowed',
      { cause: error },
    );
  }
}
