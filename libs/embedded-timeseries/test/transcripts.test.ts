import { readFileSync } from 'node:fs';
import { startEmbeddedTimeSeries } from '../src/index.js';
import { RespClient, type Transcribed } from './resp-client.js';
import { whatResp2Says, whatResp3Says } from './reply-meaning.js';
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

/** Replies of an empty server to the commands of a transcript. */
async function replay(steps: readonly { cmd: string[] }[], protocol: '2' | '3'): Promise<Transcribed[]> {
  const folder = temporaryFolder();
  const server = await startEmbeddedTimeSeries({ dataDir: folder.path, durability: 'process' });
  const client = await RespClient.open(server.port);
  try {
    if (protocol === '3') await client.send('HELLO', protocol);
    return await client.sendAll(steps.map(({ cmd }) => cmd));
  } finally {
    client.close();
    await server.close();
    folder.remove();
  }
}

const named = transcripts.map((transcript) => [transcript.name, transcript] as const);

test.each(named)('answers the transcript %s as the real server does', async (_name, { steps }) => {
  const replies = await replay(steps, '2');
  expect(steps.map(({ cmd }, index) => ({ cmd, reply: replies[index] }))).toEqual(steps);
});

test.each(named)('says the same of the transcript %s in RESP3', async (_name, { steps }) => {
  const replies = await replay(steps, '3');
  expect(steps.map(({ cmd }, index) => ({ cmd, reply: whatResp3Says(replies[index]!, cmd) }))).toEqual(
    steps.map(({ cmd, reply }) => ({ cmd, reply: whatResp2Says(reply, cmd) })),
  );
});
