import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { runProcess } from '@atalaya/test-kit';

export interface HostileFramesOptions {
  frames: number;
  seed: number;
  print: (line: string) => void;
}

/** The fuzz test of the low-level client, of which `npm test` runs a share, with so many frames. */
export async function hostileFrames({ frames, seed, print }: HostileFramesOptions): Promise<string[]> {
  const library = fileURLToPath(new URL('../../../../libs/zookeeper-wire/', import.meta.url));
  const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
  await using test = runProcess(
    process.execPath,
    [
      '--experimental-vm-modules',
      jest,
      '--rootDir',
      library,
      '--config',
      `${library}jest.config.js`,
      '-w',
      '1',
      'test/fuzz',
    ],
    {
      name: 'frames',
      env: { FUZZ_FRAMES: String(frames), FUZZ_SEED: String(seed), NODE_OPTIONS: undefined },
    },
  );
  const { code } = await test.ended;
  for (const line of test.lines) print(line);
  return code === 0 ? [] : [`a connection did not end as it has to; seed ${seed} repeats it`];
}
