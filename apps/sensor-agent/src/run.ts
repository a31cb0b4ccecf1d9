import { runService } from '@atalaya/service-kit';
import { sensorAgentAliases, sensorAgentSchema } from './config.js';
import { startSensorAgent } from './sensor-agent.js';

await runService({
  name: 'sensor-agent',
  schema: sensorAgentSchema,
  aliases: sensorAgentAliases,
  start: startSensorAgent,
});
