import { fileURLToPath } from 'node:url';
import { freePort, isPortFree, waitFor } from '@atalaya/test-kit';
import { BackgroundProcess } from './background-process.js';

/** A server that is measured. */
export interface RunningServer extends AsyncDisposable {
  readonly url: string;
}

/** The server of a process, which ends with it. */
export function running(url: string, process: AsyncDisposable): RunningServer {
  return { url, [Symbol.asyncDispose]: () => process[Symbol.asyncDispose]() };
}

/** An embedded time series in a process of its own. */
export async function startStore(folder: string): Promise<RunningServer> {
  const port = await freePort();
  const module = fileURLToPath(new URL('./embedded-store.js', import.meta.url));
  const server = new BackgroundProcess(module, [`--port=${port}`, `--data=${folder}`]);
  await waitFor(async () => !(await isPortFree(port)), { timeoutMs: 30_000, describe: 'the store' });
  return running(`redis://127.0.0.1:${port}`, server);
}
