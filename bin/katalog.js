#!/usr/bin/env node
// Starts the built program.
import { existsSync } from 'node:fs';

const program = new URL('../dist/katalog.js', import.meta.url);
if (existsSync(program)) {
  await import(program.href);
} else {
  process.stderr.write('katalog is not built: run npm run build\n');
  process.exitCode = 69;
}
