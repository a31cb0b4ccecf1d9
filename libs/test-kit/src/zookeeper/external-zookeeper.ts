import { connect } from 'node:net';
import { messageOf, TestKitError } from '../errors.js';
import { Ensemble } from './ensemble.js';
import { fourLetterWord, type ServerMode, type ServerStatus, serverStatus } from './four-letter-word.js';
import { type StartedZooKeeper, type ZooKeeperOptions, type ZooKeeperServer } from './started-zookeeper.js';

const DEFAULT_PORT = 2181;
const REACH_TIMEOUT_MS = 10_000;

/**
 * The ZooKeeper that `ZOOKEEPER_HOSTS` names, as it is: it is neither started nor ended here.
 *
 * @throws TestKitError `ZOOKEEPER_UNREACHABLE` when none of its servers accepts a connection within 10 s
 */
export async function useExternalZooKeeper(
  connectString: string,
  { signal }: Pick<ZooKeeperOptions, 'signal'> = {},
): Promise<StartedZooKeeper> {
  const servers = parseAddresses(connectString).map(
    ({ host, port }, index) => new ExternalServer(index + 1, host, port),
  );
  const attempts = servers.map((server) => reach(server, signal));
  await Promise.any(attempts).catch((error: unknown) => {
    const reasons = (error as AggregateError).errors.map(messageOf);
    throw new TestKitError(
      'ZOOKEEPER_UNREACHABLE',
      `ZOOKEEPER_HOSTS is '${connectString}', but no server there can be reached (${reasons.join('; ')}). ` +
        'Start it, or unset ZOOKEEPER_HOSTS to have a ZooKeeper started here',
      { cause: error },
    );
  });
  return new ExternalZooKeeper(servers, connectString);
}

function parseAddresses(connectString: string): { host: string; port: number }[] {
  const hosts = connectString.replace(/\/.*$/, '');
  return hosts.split(',').map((address) => {
    const match = /^\s*(\[[^\]]+\]|[^:\s]+)(?::(\d+))?\s*$/.exec(address);
    if (!match) {
      throw new TestKitError(
        'INVALID_OPTION',
        `ZOOKEEPER_HOSTS is '${connectString}': '${address}' is not an address. Write host:port,host:port[/chroot]`,
      );
    }
    return { host: (match[1] ?? '').replace(/^\[|\]$/g, ''), port: Number(match[2] ?? DEFAULT_PORT) };
  });
}

function reach({ host, port }: ExternalServer, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: REACH_TIMEOUT_MS, ...(signal ? { signal } : {}) });
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('timeout', () => {
      socket.destroy(new Error(`${host}:${port} did not answer within ${REACH_TIMEOUT_MS} ms`));
    });
    socket.once('error', reject);
  });
}

class ExternalZooKeeper extends Ensemble<ExternalServer> {
  readonly source = 'external';

  protected end(): Promise<void> {
    return Promise.resolve();
  }
}

class ExternalServer implements ZooKeeperServer {
  readonly pid = undefined;
  readonly running = true;
  readonly paused = false;

  constructor(
    readonly id: number,
    readonly host: string,
    readonly port: number,
  ) {}

  stop(): Promise<void> {
    return this.#refuse('stopped');
  }

  kill(): Promise<void> {
    return this.#refuse('killed');
  }

  start(): Promise<void> {
    return this.#refuse('started');
  }

  pause(): Promise<void> {
    return this.#refuse('paused');
  }

  resume(): Promise<void> {
    return this.#refuse('resumed');
  }

  fourLetterWord(word: string, options?: { readonly timeoutMs?: number }): Promise<string> {
    return fourLetterWord(this, word, options);
  }

  async mode(): Promise<ServerMode | undefined> {
    return (await this.status())?.mode;
  }

  status(): Promise<ServerStatus | undefined> {
    return serverStatus(this);
  }

  #refuse(what: string): Promise<never> {
    return Promise.reject(
      new TestKitError(
        'SERVER_NOT_CONTROLLABLE',
        `The server ${this.host}:${this.port} that ZOOKEEPER_HOSTS names cannot be ${what} from here. ` +
          'A test that needs this passes controllable: true, to have a ZooKeeper of its own',
      ),
    );
  }
}
