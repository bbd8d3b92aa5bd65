// `katalog plugins`: what there is, and the options of one plugin.
import { Command } from 'commander';
import { optionTable } from '../config/option-table.ts';
import type { AnyDefinition } from '../config/planned.ts';
import { quoted } from '../core/problem.ts';
import { catalog } from '../plugins/catalog.ts';
import { EXIT } from './exit-codes.ts';

export function pluginsCommand(): Command {
  return new Command('plugins')
    .description('list the plugins, or show the options of one')
    .argument('[name]', 'type, or kind/type where two kinds have the type')
    .action(show);
}

function show(name: string | undefined): void {
  const found = name === undefined ? [] : catalog.definitions.filter((definition) => isNamed(definition, name));
  if (name === undefined) process.stdout.write(list(catalog.definitions));
  else for (const definition of found) process.stdout.write(page(definition));
  if (name === undefined || found.length > 0) return;
  process.stderr.write(`there is no plugin ${quoted(name)}; katalog plugins lists them\n`);
  process.exitCode = EXIT.usage;
}

function isNamed({ kind, type }: AnyDefinition, name: string): boolean {
  return name === type || name === `${kind}/${type}`;
}

function list(definitions: readonly AnyDefinition[]): string {
  const width = Math.max(...definitions.map(({ kind, type }) => kind.length + type.length + 1));
  return definitions.map(({ kind, type, summary }) => `${`${kind}/${type}`.padEnd(width)}  ${summary}\n`).join('');
}

function page({ kind, type, summary, settings }: AnyDefinition): string {
  return `# ${kind} ${type}\n\n${summary}\n\n${optionTable(settings)}`;
}
