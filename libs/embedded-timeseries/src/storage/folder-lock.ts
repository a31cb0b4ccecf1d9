import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { createConnection, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { DataFolderInUseError } from './data-folder-error.js';

/** The process that uses a folder, as recorded in it. */
export interface Holder {
  pid: number;
  /** Different for every start, so that a reused process id is not mistaken for the holder. */
  token: string;
  socket: string;
}

/** One record that processes compare and set one at a time. */
export interface HolderRecord {
  /** Sets the holder unless another than `replaced` is recorded; answers that one. */
  claim(holder: Holder, replaced: string | undefined): Holder | undefined;
  release(token: string): void;
}

/** Unix sockets have paths of at most 108 bytes, 104 on macOS. */
const MAX_SOCKET_PATH = 100;

/** What the only user of a folder has. */
export interface FolderLock {
  /** Gives the folder up. */
  release(): Promise<void>;
  /** The same with the record left as it is, for when it cannot be written: whoever comes finds its holder gone. */
  leave(): Promise<void>;
}

/**
 * Makes this process the only one that uses a folder. The holder listens on a socket that the operating system closes
 * with the process, however that ends; a recorded holder whose socket does not answer is gone, and exactly one of the
 * processes that find that out takes its place.
 *
 * @throws DataFolderInUseError naming the folder and the holder's process id.
 */
export async function lockFolder(folder: string, record: HolderRecord): Promise<FolderLock> {
  const token = randomUUID();
  const path = socketPath(folder, `holder-${token.slice(0, 8)}.sock`);
  const server = await listen(path.usable);
  const holder: Holder = { pid: process.pid, token, socket: path.recorded };
  const leave = async (): Promise<void> => {
    await new Promise((resolve) => server.close(resolve));
    path.dispose();
  };
  try {
    await claim(folder, record, holder);
  } catch (error) {
    await leave();
    throw error;
  }
  return {
    release: async () => {
      record.release(token);
      await leave();
    },
    leave,
  };
}

/** Whether a process listens on a socket of the folder: it holds it, or is about to. */
export async function isHeld(folder: string): Promise<boolean> {
  const sockets = readdirSync(folder).filter((name) => /^holder-[0-9a-f]+\.sock$/.test(name));
  const answered = await Promise.all(sockets.map((socket) => answers(folder, { socket })));
  return answered.includes(true);
}

async function claim(folder: string, record: HolderRecord, holder: Holder): Promise<void> {
  for (let gone: string | undefined; ;) {
    const other = record.claim(holder, gone);
    if (other === undefined) return;
    if (await answers(folder, other)) {
      throw new DataFolderInUseError(
        `The data folder ${folder} is in use by process ${other.pid}. Stop that process, or choose another folder.`,
      );
    }
    removeSocket(folder, other);
    gone = other.token;
  }
}

async function answers(folder: string, { socket }: Pick<Holder, 'socket'>): Promise<boolean> {
  const path = socketPath(folder, socket);
  try {
    return await new Promise<boolean>((resolve, reject) => {
      const connection = createConnection(path.usable);
      connection.once('connect', () => {
        connection.destroy();
        resolve(true);
      });
      connection.once('error', (error: NodeJS.ErrnoException) => {
        // A full backlog still means a living process; only these two mean that nobody listens.
        if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') resolve(false);
        else if (error.code === 'EAGAIN') resolve(true);
        else reject(error);
      });
    });
  } finally {
    path.dispose();
  }
}

function removeSocket(folder: string, { socket }: Holder): void {
  const path = socketPath(folder, socket);
  rmSync(path.usable, { force: true });
  path.dispose();
}

function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((connection) => connection.destroy());
    server.once('error', reject);
    server.listen(path, () => {
      server.unref();
      resolve(server);
    });
  });
}

/** A path of the socket that is short enough: through a symbolic link where the folder's own path is too long. */
function socketPath(folder: string, name: string): { usable: string; recorded: string; dispose(): void } {
  const recorded = basename(name);
  if (process.platform === 'win32') {
    return { usable: `\\\\.\\pipe\\atalaya-${recorded}`, recorded, dispose: () => {} };
  }
  const direct = join(folder, recorded);
  if (Buffer.byteLength(direct) <= MAX_SOCKET_PATH) return { usable: direct, recorded, dispose: () => {} };
  const link = join(mkdtempSync(join(tmpdir(), 'ats-')), 'd');
  symlinkSync(folder, link);
  return {
    usable: join(link, recorded),
    recorded,
    dispose: () => {
      rmSync(dirname(link), { recursive: true, force: true });
    },
  };
}
