#!/usr/bin/env node
import { loadProgram } from '@atalaya/service-kit/load-program';

await loadProgram('ingest-api', () => import('./run.js'));
