/**
 * The part of the Compose specification that this project writes. Values are raw: `$` is escaped when the file is
 * rendered, because `docker stack deploy` and `docker compose` interpolate variables.
 */
export interface ComposeFile {
  name?: string;
  services: Record<string, Service>;
  networks: Record<string, Network>;
  volumes: Record<string, Record<string, never>>;
  configs: Record<string, FileResource>;
  secrets: Record<string, FileResource | ExternalResource>;
}

export interface Service {
  image: string;
  hostname?: string;
  command?: string[];
  entrypoint?: string[];
  /** Numeric `uid:gid`: a name would be looked up in an image that may not know it. */
  user: string;
  init: boolean;
  read_only: true;
  cap_drop: ['ALL'];
  /** Honoured by `docker compose` only; `docker stack deploy` ignores it. */
  security_opt?: string[];
  environment: Record<string, string>;
  configs?: ConfigMount[];
  secrets?: SecretMount[];
  volumes?: Mount[];
  networks: Record<string, { aliases?: string[] } | null>;
  ports?: Port[];
  healthcheck: HealthCheck;
  stop_grace_period: string;
  /** Used by `docker compose`; a swarm has `deploy.restart_policy`. */
  restart?: 'unless-stopped';
  depends_on?: Record<string, { condition: 'service_healthy' }>;
  logging: { driver: 'json-file'; options: { 'max-size': string; 'max-file': string } };
  deploy: Deployment;
}

export interface Deployment {
  mode: 'replicated' | 'global';
  replicas?: number;
  endpoint_mode?: 'vip' | 'dnsrr';
  labels?: Record<string, string>;
  placement?: { constraints?: string[]; preferences?: { spread: string }[]; max_replicas_per_node?: number };
  resources: {
    limits: { cpus: string; memory: string; pids?: number };
    reservations: { memory: string };
  };
  restart_policy: { condition: 'any'; delay: string; window: string };
  update_config: UpdateConfig;
  rollback_config: Omit<UpdateConfig, 'failure_action'>;
}

export interface UpdateConfig {
  parallelism: number;
  order: 'start-first' | 'stop-first';
  delay: string;
  monitor: string;
  failure_action: 'rollback' | 'pause';
}

export interface HealthCheck {
  test: ['CMD', ...string[]];
  interval: string;
  timeout: string;
  retries: number;
  start_period: string;
}

export interface Port {
  target: number;
  published: number;
  protocol: 'tcp';
  mode: 'ingress' | 'host';
}

export type Mount =
  | { type: 'volume'; source: string; target: string }
  | { type: 'tmpfs'; target: string; tmpfs: { size: number } }
  | { type: 'bind'; source: string; target: string; read_only: true };

export interface ConfigMount {
  source: string;
  target: string;
}

export interface SecretMount {
  source: string;
  target: string;
  uid?: string;
  gid?: string;
  mode?: number;
}

export interface Network {
  driver: 'overlay' | 'bridge';
  /** Without a way out: containers on it reach one another only. */
  internal?: boolean;
  driver_opts?: Record<string, string>;
}

export interface FileResource {
  name?: string;
  file: string;
}

export interface ExternalResource {
  name: string;
  external: true;
}
