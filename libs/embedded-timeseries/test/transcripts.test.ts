import { readFileSync } from 'node:fs';
import { startEmbeddedTimeSeries } from '../src/index.js';
import { RespClient, type Transcribed } from './resp-client.js';
import { temporaryFolder } from './temporary-folder.js';

interface Transcript {
  name: string;
  steps: { cmd: string[]; reply: Transcribed }[];
}

// Answers of RedisTimeSeries 8.10.0 in Redis 8.0.6, recorded over RESP2; each starts from an empty server.
const transcripts = ['transcripts', 'wide'].flatMap((name) =>
  readFileSync(new URL(`./fixtures/${name}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Transcript),
);

test.each(transcripts.map((transcript) => [transcript.name, transcript] as const))(
  'answers the transcript %s as the real server does',
  async (_name, { steps }) => {
    const folder = temporaryFolder();
    const server = await startEmbeddedTimeSeries({
      dataDir: folder.path,
      durability: 'process',
    });
    const client = await RespClient.open(server.port);
    try {
      const replies = [];
      for (const { cmd } of steps) replies.push({ cmd, reply: await client.send(...cmd) });
      expect(replies).toEqual(steps);
    } finally {
      client.close();
      await server.close();
      folder.remove();
    }
  },
);
