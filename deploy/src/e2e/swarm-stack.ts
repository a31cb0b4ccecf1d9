import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { docker, DockerError } from '../engine/docker.js';
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
  readonly #signal: AbortSignal;

  /** Once `signal` is aborted nothing is waited for any more, but `remove` still works. */
  constructor(options: StackOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
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
      { timeoutMs, everyMs: 2_000, signal: this.#signal },
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

  /** Ends a container without a word, as a crash would, and resolves when the swarm has put another in its place. */
  async kill(container: Container): Promise<void> {
    const before = (await this.containers(container.service)).length;
    await docker(['kill', '--signal', 'KILL', container.id]);
    await waitUntil(
      `another container of ${container.service}`,
      async () => {
        const now = await this.containers(container.service);
        return (
          now.length >= before && now.every(({ id, health }) => id !== container.id && health === 'healthy')
        );
      },
      { timeoutMs: 300_000, signal: this.#signal },
    );
  }

  /**
   * Ways in which running containers fall short of what they should be: not as root, without capabilities, with a
   * read-only root, under an init process.
   */
  async unhardened(): Promise<string[]> {
    const ids = (await this.containers()).map(({ id }) => id);
    const inspected = JSON.parse(await docker(['inspect', ...ids])) as {
      Name: string;
      Config: { User: string };
      HostConfig: {
        ReadonlyRootfs: boolean;
        CapDrop: string[] | null;
        Init: boolean | null;
        Privileged: boolean;
      };
    }[];
    return inspected.flatMap(({ Name, Config, HostConfig }) => {
      const lacks = [
        ...(/^(0|root)?(:|$)/.test(Config.User) ? ['runs as root'] : []),
        ...(HostConfig.ReadonlyRootfs ? [] : ['its root is writable']),
        ...(HostConfig.CapDrop?.includes('ALL') === true && !HostConfig.Privileged
          ? []
          : ['has capabilities']),
        ...(HostConfig.Init === true ? [] : ['has no init process']),
      ];
      return lacks.map((lack) => `${Name} ${lack}`);
    });
  }

  /** Whether a container of one service can open a connection to another. */
  async reaches(service: string, host: string, port: number): Promise<boolean> {
    const [from] = await this.containers(service);
    if (from === undefined) throw new Error(`The service '${service}' has no container on this node`);
    const connect = `require('net').connect(${port}, '${host}').on('connect', () => process.exit(0)).on('error', () => process.exit(7)).setTimeout(10_000, () => process.exit(7))`;
    try {
      await docker(['exec', from.id, 'node', '-e', connect]);
      return true;
    } catch (error) {
      if (error instanceof DockerError && error.status === 7) return false;
      throw error;
    }
  }

  /** Addresses of the tasks from which Prometheus has metrics, asked from within the stack, as it publishes no port. */
  async scraped(): Promise<string[]> {
    const [from] = await this.containers('sensor-agent');
    if (from === undefined) throw new Error("The service 'sensor-agent' has no container on this node");
    const ask = `fetch('http://prometheus:9090/api/v1/targets').then((r) => r.text()).then(console.log)`;
    const { data } = JSON.parse(await docker(['exec', from.id, 'node', '-e', ask])) as {
      data: { activeTargets: { scrapeUrl: string; health: string }[] };
    };
    return data.activeTargets.filter(({ health }) => health === 'up').map(({ scrapeUrl }) => scrapeUrl);
  }

  /** Replaces all tasks of a service, one after another, as an update of its image would. */
  async rollingUpdate(service: string): Promise<void> {
    await docker(['service', 'update', '--force', '--quiet', `${this.#options.stack}_${service}`]);
  }

  async services(): Promise<string[]> {
    const names = await docker(['stack', 'services', '--format', '{{.Name}}', this.#options.stack]);
    return names.split('\n').map((name) => name.slice(this.#options.stack.length + 1));
  }

  /** What all tasks of a service have logged since then, those that ended included. */
  async logs(service: string, since: number): Promise<string> {
    const from = new Date(since).toISOString();
    const name = `${this.#options.stack}_${service}`;
    try {
      // The engine sometimes waits for the log of a task that is gone.
      const signal = AbortSignal.timeout(30_000);
      return await docker(['service', 'logs', '--raw', '--timestamps', '--since', from, name], { signal });
    } catch (error) {
      return `The logs could not be read: ${String(error)}`;
    }
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
