// `katalog parse`: what Kata wrote in files of any kind, understood, repaired, in the order of time.
import { setFlagsFromString } from 'node:v8';
import { Command, Option } from 'commander';
import { printable } from '../core/problem.ts';
import { KataMemory } from '../kata/memory.ts';
import { type InputSettings, readInputs, STDIN, type TakeFast } from '../readers/kata-inputs.ts';
import { EXIT } from './exit-codes.ts';
import { namedInputs } from './named-inputs.ts';
import { OUTPUT_FORMATS, type OutputFormat } from './parse-formats.ts';
import { openOutput, printRecords, tryRecords } from './parse-output.ts';
import { ParseSink } from './parse-sink.ts';
import { ParseSummary } from './parse-summary.ts';
import { ProgressLine } from './progress-line.ts';

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
  readonly debug?: true;
  readonly keepDoubles?: true;
  readonly redact: boolean;
  readonly agentUnpack: boolean;
}

const BYTES_PER_MB = 1e6;

export function parseCommand(): Command {
  return new Command('parse')
    .description('read Kata logs of any kind, repair and unwrap them, and print them in the order of time')
    .argument('[files...]', 'files, folders of journals, patterns, or - for standard input', [STDIN])
    .addOption(new Option('-o, --output-format <format>', 'how to print').choices(OUTPUT_FORMATS).default('text'))
    .option('--output-file <file>', 'where to print, instead of standard output')
    .option('--list-output-formats', 'print the names of the output formats')
    .option('-c, --check-only', 'print nothing but what is wrong; exit code 1 if anything is')
    .option('-s, --strict', 'exit code 1 when a record fails a check or had to be repaired')
    .option('--ignore-missing-fields', 'records without pid, level, source or name are fine')
    .option('--error-if-file-empty', 'exit code 1 when an input is empty')
    .option('--error-if-no-records', 'exit code 1 when there is no record')
    .option('-q, --quiet', 'no summary: only what failed a check that was asked for')
    .option('--debug', 'tell how many records were in how many files, even with --quiet')
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
  const tell = (why: string): void => {
    process.stderr.write(`katalog: ${printable(why)}\n`);
  };
  const { files, exitCode } = namedInputs(patterns, tell);
  process.exitCode = exitCode;
  if (files.length === 0) return;
  if (files.includes(STDIN) && process.stdin.isTTY)
    tell('reading standard input: end it with Ctrl-D, or name files (katalog parse --help)');
  const output = flags.outputFile === undefined || flags.checkOnly ? undefined : openOutput(flags.outputFile);
  // The heap may not become more than so much larger than what was in use at the last collection.
  setFlagsFromString('--heap-growing-percent=80');
  // Records are garbage as soon as they are lines: room for more young ones costs memory, and saves nothing.
  setFlagsFromString('--semi-space-growth-factor=1');
  // Waking helpers for a collection that takes less than a millisecond costs more than they do.
  setFlagsFromString('--no-parallel-scavenge');
  // What is damaged goes through hundreds of functions, few of them hot: putting them into each other costs more than their calls.
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=100');
  const sink = new ParseSink(flags.keepDoubles ?? false, files.length === 1);
  const summary = new ParseSummary({ ignoresMissing: flags.ignoreMissingFields ?? false, unwraps: flags.agentUnpack });
  const memory = new KataMemory();
  await read(files, flags, { sink, summary, memory, tell });
  if (flags.checkOnly) tryRecords(sink, flags.agentUnpack);
  else await printRecords(sink, flags.outputFormat, output, flags.agentUnpack);
  sink.close();
  if (isChecking(flags)) summary.addEmptyLines(memory.counts.get('empty') ?? 0);
  if (flags.debug) process.stderr.write(`parsed ${summary.records} log records in ${files.length} files\n`);
  process.stderr.write(said(summary, flags, { memory, sink }));
  process.exitCode = exitCode ?? exitCodeOf(summary, flags);
}

function said(summary: ParseSummary, flags: ParseFlags, { memory, sink }: Pick<Parts, 'memory' | 'sink'>): string {
  if (!flags.quiet) return summary.text(memory, sink.doubles);
  return isChecking(flags) ? summary.problemText() : '';
}

function exitCodeOf(summary: ParseSummary, flags: ParseFlags): number {
  if (summary.hasFailures) return EXIT.unavailable;
  return hasProblems(summary, flags) ? EXIT.problems : EXIT.fine;
}

interface Parts {
  readonly sink: ParseSink;
  readonly summary: ParseSummary;
  readonly memory: KataMemory;
  readonly tell: (why: string) => void;
}

async function read(files: readonly string[], flags: ParseFlags, parts: Parts): Promise<void> {
  const { sink, summary, memory } = parts;
  const progress = new ProgressLine(process.stderr);
  let bytes = 0;
  progress.start(() => `${summary.records.toLocaleString('en')} records, ${(bytes / BYTES_PER_MB).toFixed(1)} MB`);
  const checks = isChecking(flags);
  const settings: InputSettings = {
    memory,
    emit: (record) => {
      summary.add(record, checks);
      sink.add(record);
    },
    redacts: flags.redact,
    unwraps: flags.agentUnpack,
    passed: (count) => {
      bytes += count;
      summary.addBytes(count);
    },
    opened: (path) => summary.open(path),
    failed: (path, { message }) => {
      summary.fail(path);
      parts.tell(message);
    },
  };
  const take: TakeFast = (path, lines, lineBytes) => {
    summary.addFast(path, lines);
    sink.addFast(path, lines, lineBytes);
  };
  const isFast = !checks && flags.agentUnpack;
  try {
    await readInputs(files, isFast ? { ...settings, fast: { copies: sink.copies, take } } : settings, process.stdin);
  } finally {
    progress.stop();
  }
}

function isChecking(flags: ParseFlags): boolean {
  return flags.strict === true || flags.checkOnly === true;
}

function hasProblems(summary: ParseSummary, flags: ParseFlags): boolean {
  if (isChecking(flags) && summary.problems > 0) return true;
  if (flags.errorIfNoRecords && summary.records === 0) return true;
  return flags.errorIfFileEmpty === true && summary.hasEmptyInput;
}
