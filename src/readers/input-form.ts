// What an input is by its first bytes, and how one is read that cannot be read where it lies: streams, named pipes, what is packed.
import * as fs from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { EnvironmentError, failureText, systemCode } from '../core/failure.ts';
import { LineCutter, readFailure, type TakeLine } from './files/file-lines.ts';
import { ExportCutter, type TakeEntry } from './journal-pairs.ts';

export type InputForm = 'journal' | 'export' | 'gzip' | 'zstd' | 'xz' | 'bzip2' | 'lz4' | 'zip' | 'lines';

const HEAD_BYTES = 10;
/** The first bytes of each, as Latin-1. */
const MAGIC: readonly (readonly [InputForm, string])[] = [
  ['journal', 'LPKSHHRH'],
  ['export', '__CURSOR='],
  ['gzip', '\x1f\x8b'],
  ['zstd', '\x28\xb5\x2f\xfd'],
  ['xz', '\xfd7zXZ\0'],
  ['lz4', '\x04\x22\x4d\x18'],
  ['zip', 'PK\x03\x04'],
];
const BZIP2 = /^BZh[1-9]1AY&SY/;
/** How what cannot be read here is unpacked to standard output. */
const UNPACKERS: ReadonlyMap<InputForm, string> = new Map([
  ['zstd', 'zstd -dc'],
  ['xz', 'xz -dc'],
  ['bzip2', 'bzip2 -dc'],
  ['lz4', 'lz4 -dc'],
  ['zip', 'unzip -p'],
]);

function formOf(head: Buffer): InputForm {
  const text = head.toString('latin1', 0, HEAD_BYTES);
  if (BZIP2.test(text)) return 'bzip2';
  return MAGIC.find(([, magic]) => text.startsWith(magic))?.[0] ?? 'lines';
}

/** Whether the input can be read again, and from anywhere. One that cannot be looked at can: reading it will tell why. */
export function isRegularFile(path: string): boolean {
  try {
    return fs.statSync(path).isFile();
  } catch {
    return true;
  }
}

/** @throws {EnvironmentError} `files/read` */
export function formOfFile(path: string): InputForm {
  return formOf(headOfFile(path, HEAD_BYTES));
}

/** The first bytes of a file. @throws {EnvironmentError} `files/read` */
export function headOfFile(path: string, bytes: number): Buffer {
  const head = Buffer.alloc(bytes);
  try {
    const file = fs.openSync(path, 'r');
    try {
      return head.subarray(0, fs.readSync(file, head, 0, bytes, 0));
    } finally {
      fs.closeSync(file);
    }
  } catch (thrown) {
    throw readFailure(path, thrown);
  }
}

/** Who takes what a stream holds. */
export interface Takers {
  readonly line: TakeLine;
  readonly entry: TakeEntry;
  /** Told the bytes of each block, unpacked. */
  readonly passed: (bytes: number) => void;
  readonly lineMaxBytes?: number | undefined;
  /** Told the first bytes of lines, unpacked, before any is given. */
  readonly head?: (bytes: Buffer) => void;
}

/** Bytes that are unpacked at once, and are lost where they hold damage. */
const PIECE_BYTES = 16 << 10;
const FINE_PIECE_BYTES = 256;

/**
 * Reads a stream to its end, whatever it holds.
 * @param path what it is called in messages
 * @param again opens the stream again: of one with damage, more can be read in small pieces
 * @throws {EnvironmentError} `files/read`, `files/cut` behind what could be read, `files/form`
 */
export async function readStream(
  path: string,
  stream: Readable,
  takers: Takers,
  again?: () => Readable,
): Promise<void> {
  const { head, broken } = await headOf(stream);
  if (broken !== undefined) {
    if (again && isDamaged(broken)) return readStream(path, again(), takers);
    throw breakFailure(path, broken);
  }
  const form = formOf(head);
  if (form === 'gzip') {
    const finer = again && (() => unpacked(again(), FINE_PIECE_BYTES));
    return readStream(path, unpacked(stream, PIECE_BYTES), takers, finer);
  }
  const why = whyNot(path, form);
  if (why !== undefined) {
    stream.destroy();
    throw new EnvironmentError('files/form', why);
  }
  const lines = (): LineCutter => new LineCutter(takers.line, takers.lineMaxBytes);
  if (form === 'export')
    return readContent(path, stream, new ExportCutter(takers.entry), { passed: takers.passed, again });
  takers.head?.(head);
  return readContent(path, stream, lines(), { passed: takers.passed, again });
}

function unpacked(stream: Readable, chunkSize: number): Readable {
  const gunzip = createGunzip({ chunkSize });
  // Errors reach the reader of the stream; the callback only keeps them from being thrown a second time.
  pipeline(stream, gunzip, () => undefined);
  return gunzip;
}

interface Content {
  readonly passed: (bytes: number) => void;
  readonly again: (() => Readable) | undefined;
}

async function readContent(
  path: string,
  stream: Readable,
  cutter: LineCutter | ExportCutter,
  { passed, again }: Content,
): Promise<void> {
  let taken = 0;
  const take = (chunk: Buffer): void => {
    taken += chunk.length;
    cutter.cut(chunk);
    passed(chunk.length);
  };
  const broken = await flow(stream, take);
  if (again && isDamaged(broken)) {
    let toSkip = taken;
    await flow(again(), (chunk) => {
      const rest = chunk.subarray(Math.min(toSkip, chunk.length));
      toSkip -= chunk.length - rest.length;
      if (rest.length > 0) take(rest);
    });
  }
  cutter.end();
  if (broken !== undefined) throw breakFailure(path, broken);
}

function isDamaged(thrown: unknown): boolean {
  return systemCode(thrown) === 'Z_DATA_ERROR';
}

/** Why something of this form cannot be read from a stream. */
function whyNot(path: string, form: InputForm): string | undefined {
  if (form === 'journal')
    return `${path} holds a journal, which is read where it lies: expected its file, unpacked, not a stream`;
  const unpacker = UNPACKERS.get(form);
  if (unpacker === undefined) return undefined;
  return `${path} is packed by ${form}: expected text, a journal or gzip. Unpack it first: ${unpacker} FILE | katalog … -`;
}

function breakFailure(path: string, thrown: unknown): unknown {
  const code = systemCode(thrown);
  if (!code?.startsWith('Z_')) return readFailure(path, thrown);
  const [kind, what] =
    code === 'Z_BUF_ERROR'
      ? ['files/cut', 'ends in the middle of its packed data']
      : ['files/read', `holds damaged packed data (${failureText(thrown)})`];
  return new EnvironmentError(kind, `${path} ${what}: what stands before was read. Copy it again, or try gzip -t`, {
    cause: thrown,
  });
}

/** The first bytes of a stream, which it gives again; what broke it before it gave any. */
async function headOf(stream: Readable): Promise<{ readonly head: Buffer; readonly broken: unknown }> {
  const broken = await new Promise<unknown>((resolve) => {
    const done = (thrown?: unknown): void => {
      for (const event of ['readable', 'end', 'error', 'close']) stream.off(event, done);
      resolve(thrown);
    };
    for (const event of ['readable', 'end', 'error', 'close']) stream.on(event, done);
  });
  const head = broken === undefined ? (stream.read() as Buffer | null) : null;
  if (head === null) return { head: Buffer.alloc(0), broken };
  stream.unshift(head);
  return { head, broken };
}

/**
 * Gives each chunk as it comes: none that came before an error is lost, as it would be between the stream and an iterator.
 * @returns what broke the stream; undefined at its end
 */
async function flow(stream: Readable, take: (chunk: Buffer) => void): Promise<unknown> {
  if (stream.readableEnded) return undefined;
  let ofTaker: { readonly thrown: unknown } | undefined;
  const broken = await new Promise<unknown>((resolve) => {
    stream.on('error', resolve);
    stream.on('end', () => resolve(undefined));
    stream.on('data', (chunk: Buffer) => {
      if (ofTaker) return;
      try {
        take(chunk);
      } catch (thrown) {
        ofTaker = { thrown };
        stream.destroy();
        resolve(undefined);
      }
    });
    stream.resume();
  });
  if (ofTaker) throw ofTaker.thrown;
  return broken;
}
