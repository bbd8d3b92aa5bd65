// Where `katalog journal` prints: bytes to standard output, remarks to standard error.
import * as fs from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { EnvironmentError, systemCode } from '../core/failure.ts';
import { type EscapeWay, inertBytes } from '../core/terminal-text.ts';
import type { Terminal } from './progress-line.ts';

const STDOUT = 1;
const PIPE_WAIT_MS = 5;

export interface JournalSink {
  /** Takes bytes; they are the caller's again when it resolves. */
  readonly write: (bytes: Buffer) => Promise<void>;
  /** A line for people. */
  readonly remark: (line: string) => void;
  /** Where progress may be shown: the bytes go somewhere else. */
  readonly terminal?: Terminal;
}

/** @param way how control characters are written where it is a terminal */
export function standardOutput(way: EscapeWay): JournalSink {
  const isTerminal = process.stdout.isTTY === true;
  return {
    write: (bytes) => writeAll(inertBytes(bytes, way, isTerminal)),
    remark(line) {
      process.stderr.write(`${line}\n`);
    },
    // Only beside a file: what a pipe leads to may write on the same terminal.
    ...(!isTerminal && isFile(STDOUT) && { terminal: process.stderr }),
  };
}

function isFile(fd: number): boolean {
  return fs.fstatSync(fd).isFile();
}

async function writeAll(bytes: Buffer): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    try {
      done += fs.writeSync(STDOUT, bytes, done, bytes.length - done);
    } catch (thrown) {
      if (systemCode(thrown) !== 'EAGAIN')
        throw new EnvironmentError('stdout/write', 'cannot write to standard output', { cause: thrown });
      await delay(PIPE_WAIT_MS);
    }
  }
}
