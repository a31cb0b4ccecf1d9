import {
  type EmbeddedTimeSeries,
  type EmbeddedTimeSeriesOptions,
  startEmbeddedTimeSeries,
} from '../src/index.js';
import { RespClient } from './resp-client.js';
import { temporaryFolder } from './temporary-folder.js';

/** A server on an empty folder with one client. */
export interface TestServer {
  server: EmbeddedTimeSeries;
  client: RespClient;
  /** Runs a command that is written as one line, its arguments separated by spaces. */
  run: (line: string) => ReturnType<RespClient['send']>;
  close: () => Promise<void>;
}

export async function startTestServer(options: Partial<EmbeddedTimeSeriesOptions> = {}): Promise<TestServer> {
  const folder = temporaryFolder();
  const server = await startEmbeddedTimeSeries({ dataDir: folder.path, durability: 'process', ...options });
  const client = await RespClient.open(server.port);
  return {
    server,
    client,
    run: (line) => client.send(...line.split(' ')),
    close: async () => {
      client.close();
      await server.close();
      folder.remove();
    },
  };
}
