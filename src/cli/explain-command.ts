// `katalog explain`: the way of events through a configuration.
import { Command, Option } from 'commander';
import { readConfiguration } from './configuration.ts';
import { EXIT } from './exit-codes.ts';
import { drawing } from './explain/drawing.ts';
import { mermaid } from './explain/mermaid.ts';
import { problemLines } from './show-problems.ts';

interface ExplainFlags {
  readonly config: string;
  readonly format: 'text' | 'mermaid';
}

export function explainCommand(): Command {
  return new Command('explain')
    .description('show the way of events through a configuration, and what no event comes to')
    .requiredOption('-c, --config <file>', 'the configuration')
    .addOption(new Option('--format <format>', 'how to draw').choices(['text', 'mermaid']).default('text'))
    .action(explain);
}

function explain(flags: ExplainFlags): void {
  const { outcome, redact } = readConfiguration(flags.config, '');
  if (!outcome.ok) {
    for (const problem of outcome.problems) process.stderr.write(problemLines(problem, process.stderr));
    process.exitCode = EXIT.badConfiguration;
    return;
  }
  process.stdout.write(redact(flags.format === 'mermaid' ? mermaid(outcome.value) : drawing(outcome.value)));
}
