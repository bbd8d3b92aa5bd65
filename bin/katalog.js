#!/usr/bin/env node
// Starts the built program.
const { existsSync } = require('node:fs');

const program = `${__dirname}/../dist/katalog.cjs`;
if (existsSync(program)) {
  require(program);
} else {
  process.stderr.write('katalog is not built: run npm run build\n');
  process.exitCode = 69;
}
