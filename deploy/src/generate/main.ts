import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { generate } from './generate.js';
import { parseGenerateArguments } from './arguments.js';

const projectDirectory = resolve(import.meta.dirname, '../..');

try {
  const { options, outputDirectory = projectDirectory } = parseGenerateArguments(process.argv.slice(2));
  // npm runs this in the project's folder: a path that was typed is meant from where it was typed.
  const typedIn = process.env.INIT_CWD ?? process.cwd();
  const directories = { projectDirectory, outputDirectory: resolve(typedIn, outputDirectory) };
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
