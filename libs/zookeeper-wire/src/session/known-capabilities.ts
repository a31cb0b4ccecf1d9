import { type Endpoint } from '../addresses/server-list.js';
import { type ServerConnection } from '../connection/server-connection.js';
import { type Capabilities } from './capabilities.js';
import { type Findings, NO_CAPABILITIES, probe } from './probe.js';

/** A server that closes the connection this often in place of an answer does not have what it was asked for. */
const CUT_PROBES = 2;

/** What the servers were found to have. A server is asked once by each session. */
export class KnownCapabilities {
  readonly #found = new Map<string, Capabilities>();
  readonly #cut = new Map<string, number>();

  /** Undefined for one that has to be asked yet. */
  of(endpoint: Endpoint): Capabilities | undefined {
    return this.#found.get(keyOf(endpoint));
  }

  /** Asks; rejects where the connection broke before the verdict. */
  async ask(connection: ServerConnection): Promise<Findings> {
    const key = keyOf(connection.endpoint);
    try {
      const findings = await probe(connection);
      this.#found.set(key, findings.capabilities);
      return findings;
    } catch (error) {
      const cut = (this.#cut.get(key) ?? 0) + 1;
      this.#cut.set(key, cut);
      if (cut >= CUT_PROBES) this.#found.set(key, NO_CAPABILITIES);
      throw error;
    }
  }
}

function keyOf({ address, port }: Endpoint): string {
  return `${address} ${port}`;
}
