import { Counter, Gauge, type Registry } from 'prom-client';

/** What a sensor agent counts. */
export interface SensorAgentMetrics {
  readonly samples: Counter;
  readonly sampleFailures: Counter;
}

/** Registers the metrics of a sensor agent; `registered` is asked for at each scrape. */
export function createSensorAgentMetrics(registry: Registry, registered: () => number): SensorAgentMetrics {
  new Gauge({
    name: 'atalaya_sensors_registered',
    help: 'Sensors of this process whose znode is in ZooKeeper',
    registers: [registry],
    collect() {
      this.set(registered());
    },
  });
  return {
    samples: new Counter({
      name: 'atalaya_sensor_samples_total',
      help: 'Values taken from the source, one per sensor and interval',
      registers: [registry],
    }),
    sampleFailures: new Counter({
      name: 'atalaya_sensor_sample_failures_total',
      help: 'Samples that gave no value: the source failed, gave no finite number, or took longer than the interval',
      registers: [registry],
    }),
  };
}
