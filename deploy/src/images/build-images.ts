import { execFile } from 'node:child_process';
import { docker, dockerAloud } from '../engine/docker.js';
import { appImage, APPS } from '../images.js';

export interface ImageSettings {
  registry: string;
  tag: string;
  /** Base image to run on; undefined is the Dockerfile's. */
  nodeImage?: string | undefined;
  /** Base image to build in; undefined is the Dockerfile's. */
  nodeBuildImage?: string | undefined;
  /** Network of the build containers, such as `host`. */
  network?: string | undefined;
}

/** Builds the images of all apps from the workspace: with `docker buildx bake`, or one by one where it is missing. */
export async function buildImages(workspace: string, settings: ImageSettings): Promise<void> {
  const { registry, tag, nodeImage, nodeBuildImage, network } = settings;
  const { revision, time } = await newestCommit(workspace);
  if (network === undefined && (await hasBuildx())) {
    await dockerAloud(['buildx', 'bake', '--file', `${workspace}/docker-bake.hcl`, '--load'], {
      REGISTRY: registry,
      TAG: tag,
      REVISION: revision,
      ...(time === undefined ? {} : { SOURCE_DATE_EPOCH: time }),
      ...(nodeImage === undefined ? {} : { NODE_IMAGE: nodeImage }),
      ...(nodeBuildImage === undefined ? {} : { NODE_BUILD_IMAGE: nodeBuildImage }),
    });
    return;
  }
  const args = {
    VERSION: tag,
    REVISION: revision,
    ...(time === undefined ? {} : { SOURCE_DATE_EPOCH: time }),
    ...(nodeImage === undefined ? {} : { NODE_IMAGE: nodeImage }),
    ...(nodeBuildImage === undefined ? {} : { NODE_BUILD_IMAGE: nodeBuildImage }),
  };
  for (const app of APPS) {
    await dockerAloud([
      'build',
      ...[
        '--file',
        `${workspace}/deploy/images/Dockerfile`,
        '--target',
        app,
        '--tag',
        appImage(app, settings),
      ],
      ...(network === undefined ? [] : ['--network', network]),
      ...Object.entries(args).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]),
      workspace,
    ]);
  }
}

/** Size of each app's image on this engine, in bytes. */
export async function imageSizes(settings: ImageSettings): Promise<{ image: string; bytes: number }[]> {
  return Promise.all(
    APPS.map(async (app) => {
      const image = appImage(app, settings);
      return { image, bytes: Number(await docker(['image', 'inspect', '--format', '{{.Size}}', image])) };
    }),
  );
}

async function hasBuildx(): Promise<boolean> {
  try {
    await docker(['buildx', 'version']);
    return true;
  } catch {
    return false;
  }
}

/** Id and time (s since 1970) of the commit that is built; the files of its images bear that time. */
async function newestCommit(workspace: string): Promise<{ revision: string; time?: string }> {
  return new Promise((resolve) => {
    execFile('git', ['-C', workspace, 'log', '-1', '--format=%H %ct'], (error, stdout) => {
      const [revision, time] = stdout.trim().split(' ');
      resolve(error || !revision || !time ? { revision: 'unknown' } : { revision, time });
    });
  });
}
