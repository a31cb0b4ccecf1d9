import { spawn } from 'node:child_process';

/** A `docker` command ended with a status other than 0. */
export class DockerError extends Error {
  override readonly name = 'DockerError';
  /** Status that the command ended with; null when a signal ended it. */
  readonly status: number | null;

  constructor(args: string[], status: number | null, output = '') {
    const problem = output === '' ? '' : `: ${output}`;
    super(`docker ${args.slice(0, 3).join(' ')} … failed (${String(status)})${problem}`);
    this.status = status;
  }
}

/**
 * Runs `docker` with these arguments and returns what it printed, without the last line break.
 *
 * @throws {DockerError} with what it printed on its error output
 */
export async function docker(
  args: string[],
  { input, signal }: { input?: string; signal?: AbortSignal } = {},
): Promise<string> {
  const child = spawn('docker', args, { stdio: ['pipe', 'pipe', 'pipe'], signal });
  child.stdin.on('error', () => {
    // It ended before it read everything; its status says whether that matters.
  });
  child.stdin.end(input ?? '');
  const [output, errors] = [collect(child.stdout), collect(child.stderr)];
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (status !== 0) throw new DockerError(args, status, errors());
  return output();
}

/** Runs `docker` with its output on this terminal. */
export async function dockerAloud(args: string[], environment: NodeJS.ProcessEnv = {}): Promise<void> {
  const child = spawn('docker', args, { stdio: 'inherit', env: { ...process.env, ...environment } });
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (status !== 0) throw new DockerError(args, status);
}

/** Why no engine can be used, as one message that says what to do; undefined when one answers. */
export async function missingEngine(): Promise<string | undefined> {
  const ways =
    'Install Docker Engine 20.10 or later and start it, let this user reach its socket (group docker), or name another engine with DOCKER_HOST.';
  try {
    await docker(['version', '--format', '{{.Server.Version}}']);
    return undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return `This needs a Docker engine, and the command 'docker' was not found. ${ways}`;
    }
    return `This needs a Docker engine, and none answers: ${(error as Error).message.trim()}\n${ways}`;
  }
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8').trimEnd();
}
