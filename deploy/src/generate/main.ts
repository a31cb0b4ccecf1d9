import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { generate } from './generate.js';
import { parseGenerateArguments } from './arguments.js';

const projectDirectory = resolve(import.meta.dirname, '../..');

try {
  const { options, outputDirectory = projectDirectory } = parseGenerateArguments(process.argv.slice(2));
  const directories = { projectDirectory, outputDirectory: resolve(outputDirectory) };
  for (const [path, content] of generate(options, directories)) {
    const target = join(directories.outputDirectory, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
    console.log(`wrote ${relative(process.cwd(), target)}`);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
