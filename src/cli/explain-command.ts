// `katalog explain`: the way of events through a configuration.
import { Command, Option } from 'commander';
import { readConfiguration } from './configuration.ts';
import { EXIT } from './exit-codes.ts';
import { drawing } from './explain/drawing.ts';
import { mermaid } from './explain/mermaid.ts';
import { explainSample } from './explain/sample.ts';
import { forStdout } from './print.ts';
import { problemLines } from './show-problems.ts';

interface ExplainFlags {
  readonly config: string;
  readonly format: 'text' | 'mermaid';
  readonly sample?: string;
}

/** Longest run over a sample. */
const SAMPLE_MS = 60_000;

export function explainCommand(): Command {
  return new Command('explain')
    .description('show the way of events through a configuration, and what no event comes to')
    .requiredOption('-c, --config <file>', 'the configuration')
    .addOption(new Option('--format <format>', 'how to draw').choices(['text', 'mermaid']).default('text'))
    .option('--sample <file>', 'show each record of a file after each step; nothing is sent')
    .action(explain);
}

async function explain(flags: ExplainFlags): Promise<void> {
  const { outcome, redact } = readConfiguration(flags.config, '');
  if (!outcome.ok) {
    for (const problem of outcome.problems) process.stderr.write(problemLines(problem, process.stderr));
    process.exitCode = EXIT.badConfiguration;
    return;
  }
  if (flags.sample !== undefined) {
    const signal = AbortSignal.timeout(SAMPLE_MS);
    print(redact(await explainSample(outcome.value, flags.sample, signal)));
    return;
  }
  print(redact(flags.format === 'mermaid' ? mermaid(outcome.value) : drawing(outcome.value)));
}

function print(text: string): void {
  process.stdout.write(forStdout(text, 'plain'));
}
