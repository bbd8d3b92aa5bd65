// The two helpers in C: compiled on first use (and again when their source changed) into .cache/bench.
import { execFileSync } from 'node:child_process';
import * as crypto from 'node:crypto';
import * as fs from 'node:fs';
import { fileURLToPath } from 'node:url';

const CACHE = fileURLToPath(new URL('../.cache/bench/', import.meta.url));

/** Path of the program made of `bench/NAME.c`. */
export function nativeProgram(name) {
  const source = fileURLToPath(new URL(`${name}.c`, import.meta.url));
  const hash = crypto.createHash('sha256').update(fs.readFileSync(source)).digest('hex').slice(0, 12);
  const program = `${CACHE}${name}-${hash}`;
  if (fs.existsSync(program)) return program;
  fs.mkdirSync(CACHE, { recursive: true });
  const partial = `${program}.${process.pid}`;
  execFileSync('gcc', ['-O2', '-pthread', '-o', partial, source], { stdio: ['ignore', 'inherit', 'inherit'] });
  fs.renameSync(partial, program);
  return program;
}
