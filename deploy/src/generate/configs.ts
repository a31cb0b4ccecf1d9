import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { type FileResource, type Service } from '../compose/compose-file.js';
import { type StackOptions } from '../options.js';
import { DASHBOARDS } from '../services/observers.js';

/** Files that containers get to read, by the name of the config; paths are relative to this project. */
const STATIC_FILES: Record<string, string> = {
  redis_conf: 'redis/redis.conf',
  grafana_datasources: 'grafana/provisioning/datasources.yaml',
  grafana_providers: 'grafana/provisioning/dashboards.yaml',
  ...Object.fromEntries(
    DASHBOARDS.map((name) => [`grafana_dashboard_${name}`, `grafana/dashboards/${name}.json`]),
  ),
  prometheus_rules: 'prometheus/rules.yml',
};

export interface ConfigFiles {
  /** Folder of this project. */
  projectDirectory: string;
  /** Folder that the stack file is written to; paths in it are relative to it. */
  outputDirectory: string;
  /** Files that are generated beside the stack file: name of the config to path and content. */
  generated: Record<string, { path: string; content: string }>;
}

/**
 * Definitions of the configs that `services` mount. The swarm refuses to change a config, so each is named after its
 * content: a changed file is a new config, and the services that mount it are updated.
 */
export function configsOf(
  services: Record<string, Service>,
  options: StackOptions,
  files: ConfigFiles,
): Record<string, FileResource> {
  const mounted = new Set(
    Object.values(services).flatMap((service) => (service.configs ?? []).map(({ source }) => source)),
  );
  return Object.fromEntries(
    [...mounted].sort().map((name) => {
      const generated = files.generated[name];
      const source = STATIC_FILES[name];
      if (generated !== undefined) return [name, resource(name, generated.path, generated.content, options)];
      if (source === undefined)
        throw new Error(`No file is known for the config '${name}': add it to configs.ts`);
      const path = join(files.projectDirectory, source);
      return [
        name,
        resource(name, relativeTo(files.outputDirectory, path), readFileSync(path, 'utf8'), options),
      ];
    }),
  );
}

function resource(name: string, file: string, content: string, { stack }: StackOptions): FileResource {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12);
  return { name: `${stack}_${name}_${hash}`, file };
}

function relativeTo(directory: string, path: string): string {
  const result = relative(directory, path);
  return isAbsolute(result) || result.startsWith('.') ? result : `./${result}`;
}
