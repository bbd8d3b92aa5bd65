// `katalog config`: the configuration after all includes, as JSON or in today's style. Secrets are masked.
import { Command } from 'commander';
import { modernText } from '../config/modern-text.ts';
import { treeJson } from '../config/tree-json.ts';
import { catalog } from '../plugins/catalog.ts';
import { readConfiguration } from './configuration.ts';
import { EXIT } from './exit-codes.ts';
import { forStdout, printJson } from './print.ts';
import { problemLines } from './show-problems.ts';

interface ConfigFlags {
  readonly config: string;
  readonly json?: true;
  readonly modern?: true;
}

export function configCommand(): Command {
  return new Command('config')
    .description('print a configuration as it is read: one file, includes taken in, secrets masked')
    .requiredOption('-c, --config <file>', 'the configuration')
    .option('--json', 'print the tree as JSON')
    .option('--modern', "print it in today's style: sections and names that Fluentd has since v1 (default)")
    .action(show);
}

function show(flags: ConfigFlags): void {
  const { tree, outcome, redact } = readConfiguration(flags.config, '');
  const errors = outcome.problems.filter(({ severity }) => severity === 'error');
  for (const problem of errors) process.stderr.write(problemLines(problem, process.stderr));
  if (errors.length > 0) process.exitCode = EXIT.badConfiguration;
  if (flags.json) printJson(treeJson(tree, catalog, redact));
  else process.stdout.write(forStdout(modernText(tree, catalog, redact), 'plain'));
}
