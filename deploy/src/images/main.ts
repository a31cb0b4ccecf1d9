import { resolve } from 'node:path';
import { missingEngine } from '../engine/docker.js';
import { buildImages, imageSizes } from './build-images.js';

const workspace = resolve(import.meta.dirname, '../../..');
const settings = {
  registry: process.env.REGISTRY ?? '',
  tag: process.env.TAG ?? '0.1.0',
  nodeImage: process.env.NODE_IMAGE,
  nodeBuildImage: process.env.NODE_BUILD_IMAGE,
  network: process.env.BUILD_NETWORK,
};

const missing = await missingEngine();
if (missing === undefined) {
  await buildImages(workspace, settings);
  for (const { image, bytes } of await imageSizes(settings)) {
    console.log(`${image}  ${(bytes / 1e6).toFixed(1)} MB`);
  }
} else {
  console.error(missing);
  process.exitCode = 1;
}
