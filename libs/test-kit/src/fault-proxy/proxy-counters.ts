import { type Operation } from '@atalaya/zookeeper-protocol';

/** What has gone through a proxy since its start. */
export interface ProxyCounters {
  /** Connections of clients that were accepted. */
  accepted: number;
  /** Connections that the proxy cut. */
  cut: number;
  /** Connections that ended because the server behind could not be reached. */
  unreachable: number;
  /** Requests received from clients, by type. */
  readonly requests: Partial<Record<Operation, number>>;
  /** Replies received from servers. */
  replies: number;
  /** Watch events received from servers. */
  events: number;
  /** Messages that were dropped or swallowed. */
  dropped: number;
  /** Messages that were handed on late. */
  delayed: number;
  bytesToServer: number;
  bytesToClient: number;
}

export function newCounters(): ProxyCounters {
  return {
    accepted: 0,
    cut: 0,
    unreachable: 0,
    requests: {},
    replies: 0,
    events: 0,
    dropped: 0,
    delayed: 0,
    bytesToServer: 0,
    bytesToClient: 0,
  };
}
