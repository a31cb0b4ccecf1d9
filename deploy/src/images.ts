/** Images of others, each pinned: a deployment of the same file starts the same programs. */
export const THIRD_PARTY_IMAGES = {
  zookeeper: 'zookeeper:3.9.5',
  /** From Redis 8 on the image carries RedisTimeSeries. */
  redis: 'redis:8.6.4',
  /** The last line of releases that loads redis-datasource 2.2.0: on 12.2 its module is reported not to load. */
  grafana: 'grafana/grafana:11.6.4',
  prometheus: 'prom/prometheus:v3.5.0',
  /** Its publisher names no versions; `stable` moves rarely. Name a digest to pin it. */
  visualizer: 'dockersamples/visualizer:stable',
} as const;

/** The project's own images, by app. */
export const APPS = ['sensor-agent', 'leader-aggregator', 'ingest-api'] as const;
export type App = (typeof APPS)[number];

/** Reference of an app's image. */
export function appImage(app: App, options: { registry: string; tag: string }): string {
  return `${options.registry}atalaya/${app}:${options.tag}`;
}
