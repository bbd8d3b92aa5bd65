// `katalog parse`: what Kata wrote in files of any kind, understood, repaired, in the order of time.
import * as fs from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { Command, Option } from 'commander';
import { globSync } from 'tinyglobby';
import { EnvironmentError, failureText } from '../core/failure.ts';
import { printable, quoted } from '../core/problem.ts';
import { KataMemory } from '../kata/memory.ts';
import { readInputs, STDIN, type TakeFast } from '../readers/kata-inputs.ts';
import { EXIT } from './exit-codes.ts';
import { formatted, OUTPUT_FORMATS, type OutputFormat } from './parse-formats.ts';
import { ParseSink } from './parse-sink.ts';
import { ParseSummary } from './parse-summary.ts';
import { ProgressLine } from './progress-line.ts';
import { writeLines, writeTexts } from './write-lines.ts';

interface ParseFlags {
  readonly outputFormat: OutputFormat;
  readonly outputFile?: string;
  readonly listOutputFormats?: true;
  readonly checkOnly?: true;
  readonly strict?: true;
  readonly ignoreMissingFields?: true;
  readonly errorIfFileEmpty?: true;
  readonly errorIfNoRecords?: true;
  readonly quiet?: true;
  readonly keepDoubles?: true;
  readonly redact: boolean;
  readonly agentUnpack: boolean;
}

const BYTES_PER_MB = 1e6;
const OUTPUT_MODE = 0o600;

export function parseCommand(): Command {
  return new Command('parse')
    .description('read Kata logs of any kind, repair and unwrap them, and print them in the order of time')
    .argument('[files...]', 'files, patterns, or - for standard input', [STDIN])
    .addOption(new Option('-o, --output-format <format>', 'how to print').choices(OUTPUT_FORMATS).default('text'))
    .option('--output-file <file>', 'where to print, instead of standard output')
    .option('--list-output-formats', 'print the names of the output formats')
    .option('-c, --check-only', 'print nothing but what is wrong; exit code 1 if anything is')
    .option('-s, --strict', 'exit code 1 when a record fails a check or had to be repaired')
    .option('--ignore-missing-fields', 'records without pid, level, source or name are fine')
    .option('--error-if-file-empty', 'exit code 1 when an input is empty')
    .option('--error-if-no-records', 'exit code 1 when there is no record')
    .option('-q, --quiet', 'no summary')
    .option(
      '--debug',
      'accepted for scripts that were written for kata-log-parser: the summary always counts each file',
    )
    .option('--keep-doubles', 'print the copies of a record that came through two outputs, too')
    .option('--no-redact', 'print secrets as they are')
    .option('--no-agent-unpack', 'leave wrapped records as they are')
    .action(parse);
}

async function parse(patterns: readonly string[], flags: ParseFlags): Promise<void> {
  if (flags.listOutputFormats) {
    process.stdout.write(`${OUTPUT_FORMATS.join('\n')}\n`);
    return;
  }
  const files = filesOf(patterns);
  if (!files) return;
  // The heap may not become more than so much larger than what was in use at the last collection.
  setFlagsFromString('--heap-growing-percent=80');
  // Records are garbage as soon as they are lines: room for more young ones costs memory, and saves nothing.
  setFlagsFromString('--semi-space-growth-factor=1');
  const sink = new ParseSink(flags.keepDoubles ?? false, files.length === 1);
  const summary = new ParseSummary(flags.ignoreMissingFields ?? false);
  const memory = new KataMemory();
  const progress = new ProgressLine(process.stderr);
  let bytes = 0;
  progress.start(() => `${summary.records.toLocaleString('en')} records, ${(bytes / BYTES_PER_MB).toFixed(1)} MB`);
  const checks = flags.strict === true || flags.checkOnly === true;
  const emit = (record: Parameters<ParseSink['add']>[0]): void => {
    summary.add(record, checks);
    sink.add(record);
  };
  const tell = (why: string): void => {
    process.stderr.write(`${printable(why)}\n`);
  };
  const passed = (count: number): void => {
    bytes += count;
  };
  const takeFast: TakeFast = (path, line, lineBytes) => {
    summary.addFast(path, line);
    sink.addFast(path, line, lineBytes);
  };
  const fast = checks || !flags.agentUnpack ? undefined : { copies: sink.copies, take: takeFast };
  await readInputs(
    files,
    { memory, emit, redacts: flags.redact, unwraps: flags.agentUnpack, passed, tell, ...(fast && { fast }) },
    process.stdin,
  );
  progress.stop();
  await print(sink, flags);
  sink.close();
  if (!flags.quiet) process.stderr.write(summary.text(memory, sink.doubles));
  if (hasFailed(files, summary, flags)) process.exitCode = EXIT.problems;
}

/** The files of the patterns; undefined where one is missing, which was said. */
function filesOf(patterns: readonly string[]): readonly string[] | undefined {
  const files: string[] = [];
  for (const pattern of patterns) {
    const found =
      pattern === STDIN || fs.existsSync(pattern)
        ? [pattern]
        : globSync([pattern], { absolute: false, dot: true }).sort();
    const inputs = found.filter((file) => file === STDIN || !fs.statSync(file).isDirectory());
    if (inputs.length === 0) {
      process.stderr.write(`${whyNone(pattern, found)}\n`);
      process.exitCode = EXIT.usage;
      return undefined;
    }
    files.push(...inputs);
  }
  return files;
}

function whyNone(pattern: string, found: readonly string[]): string {
  if (found.length === 0) return `there is no file ${quoted(pattern)}`;
  const inside = `${pattern.replace(/\/+$/, '')}/*`;
  return `${quoted(pattern)} is a folder: name files, such as ${quoted(inside)}`;
}

async function print(sink: ParseSink, flags: ParseFlags): Promise<void> {
  const { outputFormat: format } = flags;
  const lines = sink.lines();
  if (flags.checkOnly) {
    // Every form is made, and thrown away.
    for (const _ of format === 'ndjson' ? lines : formatted(lines, format, flags.agentUnpack));
    return;
  }
  const out = flags.outputFile === undefined ? process.stdout : openOutput(flags.outputFile);
  if (format === 'ndjson') await writeLines(out, lines);
  else await writeTexts(out, formatted(lines, format, flags.agentUnpack));
  if (out !== process.stdout) await new Promise<void>((done) => out.end(done));
}

function openOutput(file: string): fs.WriteStream {
  try {
    return fs.createWriteStream(file, { fd: fs.openSync(file, 'w', OUTPUT_MODE) });
  } catch (thrown) {
    throw new EnvironmentError('files/write', `cannot write ${file}: ${failureText(thrown)}`, { cause: thrown });
  }
}

function hasFailed(files: readonly string[], summary: ParseSummary, flags: ParseFlags): boolean {
  if ((flags.strict || flags.checkOnly) && summary.problems > 0) return true;
  if (flags.errorIfNoRecords && summary.records === 0) return true;
  return flags.errorIfFileEmpty === true && files.some((file) => file !== STDIN && fs.statSync(file).size === 0);
}
