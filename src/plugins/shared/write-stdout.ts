// Standard output, written whole before anything else happens.
import * as fs from 'node:fs';
import { EnvironmentError, systemCode } from '../../core/failure.ts';
import { inertBytes } from '../../core/terminal-text.ts';

const STDOUT = 1;
/** A full pipe answers EAGAIN; its reader is waited for in steps of this length. */
const PIPE_WAIT_MS = 5;

/** @throws {EnvironmentError} `stdout/write` */
export function writeStdout(output: Buffer): void {
  const bytes = inertBytes(output, 'json', process.stdout.isTTY);
  let done = 0;
  while (done < bytes.length) {
    try {
      done += fs.writeSync(STDOUT, bytes, done);
    } catch (cause) {
      if (systemCode(cause) !== 'EAGAIN')
        throw new EnvironmentError('stdout/write', 'cannot write to standard output', { cause });
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PIPE_WAIT_MS);
    }
  }
}
