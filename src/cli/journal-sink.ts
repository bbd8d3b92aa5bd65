// Where `katalog journal` prints: bytes to standard output, remarks to standard error.
import * as fs from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { EnvironmentError, systemCode } from '../core/failure.ts';
import type { Terminal } from './progress-line.ts';

const STDOUT = 1;
const PIPE_WAIT_MS = 5;
// Everything that could move the cursor or change the terminal; the line feed and the tabulator stay.
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

export interface JournalSink {
  /** Takes bytes; they are the caller's again when it resolves. */
  readonly write: (bytes: Buffer) => Promise<void>;
  /** A line for people. */
  readonly remark: (line: string) => void;
  /** Where progress may be shown: the bytes go somewhere else. */
  readonly terminal?: Terminal;
}

export function standardOutput(): JournalSink {
  const isTerminal = process.stdout.isTTY === true;
  return {
    write: (bytes) => writeAll(isTerminal ? harmless(bytes) : bytes),
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

/** Text for a terminal: control characters as `\xNN`. */
export function harmless(bytes: Buffer): Buffer {
  const text = bytes.toString('utf8');
  return Buffer.from(text.replace(CONTROLS, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`));
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
