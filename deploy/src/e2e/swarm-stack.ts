import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { docker } from '../engine/docker.js';
import { generate } from '../generate/generate.js';
import { type StackOptions } from '../options.js';
import { createSwarmSecrets } from '../secrets/create-secrets.js';
import { SECRETS, secretName } from '../secrets/secrets.js';
import { waitUntil } from './wait-until.js';

/** A container of the stack on this node. */
export interface Container {
  id: string;
  service: string;
  health: string;
  environment: Record<string, string>;
}

/** The stack on the local engine, for the time of a test. */
export class SwarmStack {
  readonly #options: StackOptions;

  constructor(options: StackOptions) {
    this.#options = options;
  }

  /** Writes the stack file to `directory`, creates the secrets and deploys. */
  async deploy(projectDirectory: string, directory: string): Promise<void> {
    for (const [path, content] of generate(this.#options, { projectDirectory, outputDirectory: directory })) {
      const target = join(directory, path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, content);
    }
    await createSwarmSecrets(this.#options);
    const file = join(directory, 'stack.yml');
    // The images may exist on this engine only: no registry is asked for their digests.
    await docker(['stack', 'deploy', '--resolve-image', 'never', '-c', file, this.#options.stack]);
  }

  /** Resolves when every service has all its tasks, each of them healthy. */
  async allHealthy(timeoutMs: number): Promise<void> {
    await waitUntil(
      'all services to be healthy',
      async () => {
        const lacking = await this.#servicesLackingTasks();
        if (lacking.length > 0) throw new Error(`not complete: ${lacking.join(', ')}`);
        const sick = (await this.containers()).filter(({ health }) => health !== 'healthy');
        if (sick.length > 0) throw new Error(`not healthy: ${sick.map(({ service }) => service).join(', ')}`);
        return true;
      },
      { timeoutMs, everyMs: 2_000 },
    );
  }

  /** Running containers, of one service or of all. */
  async containers(service?: string): Promise<Container[]> {
    const filter = `label=com.docker.stack.namespace=${this.#options.stack}`;
    const ids = await docker(['ps', '--quiet', '--no-trunc', '--filter', filter]);
    if (ids === '') return [];
    const inspected = JSON.parse(await docker(['inspect', ...ids.split('\n')])) as {
      Id: string;
      State: { Health?: { Status: string } };
      Config: { Labels: Record<string, string>; Env: string[] };
    }[];
    const prefix = `${this.#options.stack}_`;
    return inspected
      .map(({ Id, State, Config }) => ({
        id: Id,
        service: (Config.Labels['com.docker.swarm.service.name'] ?? '').slice(prefix.length),
        health: State.Health?.Status ?? 'none',
        environment: Object.fromEntries(
          Config.Env.map((entry) => [
            entry.slice(0, entry.indexOf('=')),
            entry.slice(entry.indexOf('=') + 1),
          ]),
        ),
      }))
      .filter((container) => service === undefined || container.service === service);
  }

  /** Ends a container without a word, as a crash would. */
  async kill(container: Container): Promise<void> {
    await docker(['kill', '--signal', 'KILL', container.id]);
  }

  /** Replaces all tasks of a service, one after another, as an update of its image would. */
  async rollingUpdate(service: string): Promise<void> {
    await docker(['service', 'update', '--force', '--quiet', `${this.#options.stack}_${service}`]);
  }

  /** Removes the stack with its secrets and volumes. */
  async remove(): Promise<void> {
    const { stack } = this.#options;
    await docker(['stack', 'rm', stack]);
    await waitUntil('the containers to end', async () => (await this.#allContainers()) === '', {
      timeoutMs: 120_000,
    });
    for (const secret of SECRETS) {
      await docker(['secret', 'rm', secretName(secret, this.#options)]);
    }
    const volumes = await docker([
      'volume',
      'ls',
      '--quiet',
      '--filter',
      `label=com.docker.stack.namespace=${stack}`,
    ]);
    if (volumes !== '') await docker(['volume', 'rm', ...volumes.split('\n')]);
  }

  async #allContainers(): Promise<string> {
    const filter = `label=com.docker.stack.namespace=${this.#options.stack}`;
    return docker(['ps', '--all', '--quiet', '--filter', filter]);
  }

  async #servicesLackingTasks(): Promise<string[]> {
    const list = await docker([
      'stack',
      'services',
      '--format',
      '{{.Name}} {{.Replicas}}',
      this.#options.stack,
    ]);
    return list.split('\n').filter((line) => {
      const [, running, wanted] = /(\d+)\/(\d+)/.exec(line) ?? [];
      return running === undefined || running !== wanted;
    });
  }
}
