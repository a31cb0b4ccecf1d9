import { type BoundedConnection, type RedisConnection } from '../connection/bounded-connection.js';
import { toStoreError } from '../connection/store-error.js';
import { measurementScripts } from './measurement-scripts.js';
import { type ServerScript } from './server-script.js';

/** Keys and arguments of one run of a script. */
export interface ScriptRun {
  readonly keys: readonly string[];
  readonly args: readonly string[];
}

type Invoke = (keyCount: number, ...keysAndArgs: string[]) => Promise<unknown>;

/** Runs the store's scripts: by their digest, with their text the first time on each connection. */
export class ScriptRunner {
  readonly #connection: BoundedConnection;

  constructor(connection: BoundedConnection) {
    this.#connection = connection;
    for (const script of measurementScripts) {
      connection.redis.defineCommand(commandName(script), { lua: script.lua });
    }
  }

  /** Runs a script once; each element of its answer as a list of texts, which is of one where it is not a list. */
  async run(script: ServerScript, run: ScriptRun): Promise<string[][]> {
    return this.#connection.run(async (redis) => answerOf(await invoke(redis, script, run)));
  }

  /** Runs a script several times in one round trip, in order; keys of all runs belong to one group. */
  async runAll(script: ServerScript, runs: readonly ScriptRun[]): Promise<(string[][] | Error)[]> {
    return this.#connection.run(async (redis) => {
      const pipeline = redis.pipeline();
      for (const { keys, args } of runs) {
        void scriptsOf(pipeline)[commandName(script)]?.(keys.length, ...keys, ...args);
      }
      const results = await pipeline.exec();
      return runs.map((_run, index) => {
        const [error, reply] = results?.[index] ?? [new Error('The pipeline was not sent.')];
        return error === null ? answerOf(reply) : (toStoreError(error) as Error);
      });
    });
  }
}

function invoke(redis: RedisConnection, script: ServerScript, { keys, args }: ScriptRun): Promise<unknown> {
  const command = scriptsOf(redis)[commandName(script)];
  if (command === undefined) throw new TypeError('The script is not defined on this connection.');
  return command.call(redis, keys.length, ...keys, ...args);
}

/** The commands that `defineCommand` has added; ioredis's types cannot know them. */
function scriptsOf(container: object): Partial<Record<string, Invoke>> {
  return container;
}

function commandName(script: ServerScript): string {
  return `atalayaScript${measurementScripts.indexOf(script)}`;
}

function answerOf(reply: unknown): string[][] {
  if (!Array.isArray(reply)) throw new TypeError(`A script answered ${typeof reply} instead of an array.`);
  return reply.map((element: unknown) => (Array.isArray(element) ? element.map(String) : [String(element)]));
}
