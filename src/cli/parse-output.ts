// Where `katalog parse` prints: standard output, or a file that is its owner's alone.
import * as fs from 'node:fs';
import type { Writable } from 'node:stream';
import { isatty } from 'node:tty';
import { EnvironmentError, failureText } from '../core/failure.ts';
import { type EscapeWay, inert } from '../core/terminal-text.ts';
import { formatted, type OutputFormat, tryForms } from './parse-formats.ts';
import type { ParseSink } from './parse-sink.ts';
import { writePieces, writeTexts } from './write-pieces.ts';

const OUTPUT_MODE = 0o600;
/** What reads the form back understands the escape, but for csv, which has none. */
const ESCAPE_WAYS: Readonly<Record<OutputFormat, EscapeWay>> = {
  ndjson: 'json',
  text: 'plain',
  json: 'json',
  csv: 'plain',
  logfmt: 'json',
  yaml: 'json',
  toml: 'json',
  xml: 'xml',
};

export interface Output {
  readonly file: string;
  readonly descriptor: number;
}

/**
 * Opens the file before anything is read: whoever waits for gigabytes learns at once that they cannot be written. What stands in
 * it stays until there is something to write, for it may be an input.
 * @throws {EnvironmentError} `files/write`
 */
export function openOutput(file: string): Output {
  try {
    return { file, descriptor: fs.openSync(file, 'a', OUTPUT_MODE) };
  } catch (thrown) {
    throw writeFailure(file, thrown);
  }
}

/**
 * Prints all records.
 * @param output undefined = standard output
 * @throws {EnvironmentError} `files/write`
 */
export async function printRecords(
  sink: ParseSink,
  format: OutputFormat,
  output: Output | undefined,
  unwraps: boolean,
): Promise<void> {
  if (!output) {
    // The program ends as soon as its output fails: first it says so.
    process.stdout.prependListener('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') process.stderr.write(`katalog: cannot write standard output: ${error.message}\n`);
    });
    await writeRecords(process.stdout, sink, { format, unwraps, isTerminal: process.stdout.isTTY });
    return;
  }
  const { file, descriptor } = output;
  try {
    if (fs.fstatSync(descriptor).isFile()) fs.ftruncateSync(descriptor);
    const out = fs.createWriteStream(file, { fd: descriptor });
    // Who waits for a piece to be written is told.
    out.on('error', () => undefined);
    await writeRecords(out, sink, { format, unwraps, isTerminal: isatty(descriptor) });
    await new Promise<void>((resolve, reject) =>
      out.end((error?: Error | null) => (error ? reject(error) : resolve())),
    );
  } catch (thrown) {
    throw writeFailure(file, thrown);
  }
}

/** Makes every form of all records, and throws them away. */
export function tryRecords(sink: ParseSink, unwraps: boolean): void {
  tryForms(sink.lines(), unwraps);
}

interface Form {
  readonly format: OutputFormat;
  readonly unwraps: boolean;
  readonly isTerminal: boolean;
}

async function writeRecords(out: Writable, sink: ParseSink, { format, unwraps, isTerminal }: Form): Promise<void> {
  if (format === 'ndjson' && !isTerminal) {
    await writePieces(out, sink.pieces());
    return;
  }
  const texts = format === 'ndjson' ? lineTexts(sink.lines()) : formatted(sink.lines(), format, unwraps);
  await writeTexts(out, isTerminal ? inertOf(texts, ESCAPE_WAYS[format]) : texts);
}

function* lineTexts(lines: Iterable<Buffer | string>): Generator<string> {
  for (const line of lines) yield `${line.toString()}\n`;
}

function* inertOf(texts: Iterable<string>, way: EscapeWay): Generator<string> {
  for (const text of texts) yield inert(text, way);
}

function writeFailure(file: string, thrown: unknown): unknown {
  if (thrown instanceof EnvironmentError || !(thrown instanceof Error && 'code' in thrown)) return thrown;
  return new EnvironmentError('files/write', `cannot write ${file}: ${failureText(thrown)}`, { cause: thrown });
}
