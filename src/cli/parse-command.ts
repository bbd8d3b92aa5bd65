// `katalog parse`: what Kata wrote in files of any kind, understood, repaired, in the order of time.
import { Command } from 'commander';
import { KataMemory } from '../kata/memory.ts';
import { readInputs, STDIN } from '../readers/kata-inputs.ts';
import { ParseSink } from './parse-sink.ts';
import { writeLines } from './write-lines.ts';

interface ParseFlags {
  readonly outputFormat: string;
  readonly keepDoubles?: true;
  readonly redact: boolean;
  readonly agentUnpack: boolean;
}

export function parseCommand(): Command {
  return new Command('parse')
    .description('read Kata logs of any kind, repair and unwrap them, and print them in the order of time')
    .argument('[files...]', 'files, patterns, or - for standard input', [STDIN])
    .option('-o, --output-format <format>', 'how to print: ndjson', 'ndjson')
    .option('--keep-doubles', 'print the copies of a record that came through two outputs, too')
    .option('--no-redact', 'print secrets as they are')
    .option('--no-agent-unpack', 'leave wrapped records as they are')
    .action(parse);
}

async function parse(files: readonly string[], flags: ParseFlags): Promise<void> {
  const sink = new ParseSink(flags.keepDoubles ?? false);
  const settings = {
    memory: new KataMemory(),
    emit: (record: Parameters<ParseSink['add']>[0]) => sink.add(record),
    redacts: flags.redact,
    unwraps: flags.agentUnpack,
    passed: () => undefined,
  };
  await readInputs(files, settings, process.stdin);
  await writeLines(process.stdout, sink.lines());
  sink.close();
}
