import { resolve } from 'node:path';
import { parse } from 'yaml';
import { type ComposeFile } from '../src/compose/compose-file.js';
import { generate } from '../src/generate/generate.js';
import { type StackOptions, stackOptions, type stackOptionsSchema } from '../src/options.js';
import { type z } from 'zod';

/** Folder of this project. */
export const PROJECT = resolve(import.meta.dirname, '..');

/** What is generated into the project's own folder with these options. */
export function generated(options: z.input<typeof stackOptionsSchema> = {}): Map<string, string> {
  return generate(stackOptions(options), { projectDirectory: PROJECT, outputDirectory: PROJECT });
}

/** One generated Compose file, as a program that reads YAML sees it. */
export function parsed(
  file: 'stack.yml' | 'compose.yaml',
  options: z.input<typeof stackOptionsSchema> = {},
): ComposeFile {
  return parse(generated(options).get(file)!) as ComposeFile;
}

/** Options that between them reach every branch of the description. */
export const VARIANTS: [name: string, options: z.input<typeof stackOptionsSchema>][] = [
  ['defaults', {}],
  ['one ZooKeeper server', { zookeeperServers: 1, sensors: 1, candidates: 1, apiReplicas: 1 }],
  ['five ZooKeeper servers, by label', { zookeeperServers: 5, placement: 'labels', encryptNetworks: true }],
  ['host routing', { routing: 'host' }],
  ['with visualizer and sensor egress', { visualizer: true, sensorEgress: true }],
  ['without observers', { grafana: false, prometheus: false, zookeeperMetrics: false }],
  [
    'another registry, tag and secrets',
    { registry: 'registry.example.org/team/', tag: '9.9.9', secretsVersion: 2 },
  ],
  ['one service only', { only: ['zookeeper-2'] }],
];

export type { StackOptions };
