import {
  type GroupStatus,
  groupStatusSchema,
  type Measurement,
  measurementListSchema,
  sensorListSchema,
  type SensorReading,
} from '@atalaya/contracts';

/** Reads of the ingest API, validated against its schemas. */
export class ApiClient {
  constructor(readonly url: string) {}

  async measurements(query: Readonly<Record<string, string>> = {}): Promise<Measurement[]> {
    const body = await this.#get(`/api/v1/measurements?${new URLSearchParams(query).toString()}`);
    return measurementListSchema.parse(body).measurements;
  }

  async status(): Promise<GroupStatus> {
    return groupStatusSchema.parse(await this.#get('/api/v1/status'));
  }

  async sensors(): Promise<SensorReading[]> {
    return sensorListSchema.parse(await this.#get('/api/v1/sensors')).sensors;
  }

  async #get(path: string): Promise<unknown> {
    const response = await fetch(`${this.url}${path}`);
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }
}
