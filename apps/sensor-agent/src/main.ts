import { loadProgram } from '@atalaya/service-kit/load-program';

await loadProgram('sensor-agent', () => import('./run.js'));
