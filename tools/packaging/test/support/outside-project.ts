import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addFixtures } from './fixtures.js';
import { pack } from './packed-package.js';
import { installed, publishedPackages, run, runNode } from './workspace.js';

/**
 * What the project would otherwise load from a registry, or compile for long: taken from the workspace as links, which
 * npm checks against the versions that the packed packages ask for.
 */
const linked = ['zookeeper', 'ioredis', 'pure-rand', 'typescript', '@types/node'];

/** A project outside the workspace, with nothing but the packed packages and what they depend on. */
export class OutsideProject implements AsyncDisposable {
  static async create(): Promise<OutsideProject> {
    const project = new OutsideProject(await mkdtemp(join(tmpdir(), 'atalaya-outside-')));
    try {
      await project.#install();
    } catch (error) {
      await project[Symbol.asyncDispose]();
      throw error;
    }
    return project;
  }

  private constructor(readonly folder: string) {}

  async #install(): Promise<void> {
    const packed = await Promise.all(publishedPackages.map((folder) => pack(folder, this.folder)));
    const dependencies = Object.fromEntries([
      ...packed.map(({ name, tarball }) => [name, `file:${tarball}`] as const),
      ...linked.map((name) => [name, `file:${installed(name)}`] as const),
    ]);
    await this.write('package.json', JSON.stringify({ name: 'outside', private: true, dependencies }));
    await run(this.folder, 'npm', 'install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund');
  }

  write(name: string, text: string): Promise<void> {
    return writeFile(join(this.folder, name), text);
  }

  read(name: string): Promise<string> {
    return readFile(join(this.folder, name), 'utf8');
  }

  /** Copies files of `fixtures` to it. */
  add(...fixtures: readonly string[]): Promise<void> {
    return addFixtures(this.folder, ...fixtures);
  }

  /** Runs a JavaScript file of it. */
  node(...args: readonly string[]): Promise<string> {
    return runNode(this.folder, ...args);
  }

  /** Compiles with a `tsconfig` of it; the answer lists every file that the compiler has read. */
  compile(tsconfig: string): Promise<string> {
    return this.node('node_modules/typescript/bin/tsc', '-p', tsconfig, '--listFiles');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
