import { run, workspace } from './workspace.js';

export interface PackedPackage {
  readonly name: string;
  /** Path of the tarball, as it would be published. */
  readonly tarball: string;
  /** Paths of the files in it, relative to the package. */
  readonly files: readonly string[];
}

/** `npm pack` of a folder of the workspace that is built already. */
export async function pack(folder: string, into: string): Promise<PackedPackage> {
  const output = await run(
    `${workspace}${folder}`,
    'npm',
    ...['pack', '--ignore-scripts', '--json', '--pack-destination', into],
  );
  // An array in the npm of Node.js 20, an object by names in later ones.
  const [packed] = Object.values(
    JSON.parse(output) as Record<string, { name: string; filename: string; files: { path: string }[] }>,
  );
  if (!packed) throw new Error(`npm pack of ${folder} answered ${output}`);
  return {
    name: packed.name,
    tarball: `${into}/${packed.filename}`,
    files: packed.files.map(({ path }) => path),
  };
}
