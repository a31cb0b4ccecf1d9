import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo } from 'node:net';
import { claimOf, type ClaimMessage } from './claim.js';
import { HoldLog, type HoldMessage } from './hold-log.js';
import { TermLog } from './term-log.js';
import { type Sighting, ValueLog } from './value-log.js';

/** What the processes of a run report to. No fault reaches it, so it knows the truth. */
export interface Sink extends AsyncDisposable {
  readonly url: string;
  readonly terms: TermLog;
  readonly values: ValueLog;
  readonly holds: HoldLog;
  /** Where a session read what is older than what it had read before. */
  readonly stepsBack: string[];
  /** What processes report of themselves that must not be. */
  readonly problems: string[];
}

/** Answers `{ "yes": boolean }` to POST requests at `/claim`, `/hold`, `/announce`, `/sighting`, `/step-back` and `/problem`. */
export async function startSink(): Promise<Sink> {
  const terms = new TermLog();
  const values = new ValueLog();
  const holds = new HoldLog();
  const stepsBack: string[] = [];
  const problems: string[] = [];
  const answer = (url: string | undefined, body: unknown): boolean => {
    switch (url) {
      case '/claim':
        return terms.write(claimOf(body as ClaimMessage));
      case '/announce': {
        const { id, value, first } = body as { id: string; value: string; first: boolean };
        return values.announce(id, value, first);
      }
      case '/hold':
        return holds.claim(body as HoldMessage);
      case '/step-back':
        stepsBack.push((body as { problem: string }).problem);
        return true;
      case '/sighting':
        values.sighted(body as Sighting);
        return true;
      default:
        problems.push((body as { problem: string }).problem);
        return true;
    }
  };
  const server = createServer((request, response) => {
    read(request).then(
      (body) => {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ yes: answer(request.url, body) }));
      },
      // A process that was killed while it sent.
      () => response.destroy(),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    terms,
    values,
    holds,
    stepsBack,
    problems,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function read(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
}
