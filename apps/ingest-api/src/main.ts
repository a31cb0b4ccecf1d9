#!/usr/bin/env node
// Imports nothing by itself: under a low limit of open files the modules cannot be read.
try {
  await import('./run.js');
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== 'EMFILE') throw error;
  process.stderr.write(
    `ingest-api: The limit of open files (ulimit -n) is too low (${message}). Set it to 1024 or more.\n`,
  );
  process.exit(1);
}
