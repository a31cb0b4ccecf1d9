import { loadProgram } from '@atalaya/service-kit/load-program';

await loadProgram('leader-aggregator', () => import('./run.js'));
