// `katalog query`: asks the embedded store from the command line.
import { Command, Option } from 'commander';
import { withLogPlace } from './open-logs.ts';
import type { QueryFlags } from './query.ts';

const COUNT = /^[1-9]\d{0,8}$/;

export function queryCommand(): Command {
  const command = new Command('query')
    .description("ask the store: katalog query 'level:error and sandbox:2fa5*' --since 1h")
    .argument('[query]', 'KQL; nothing asks for everything', '');
  return withLogPlace(command)
    .option('--since <time>', 'only records from here on: 15m, 1h, 7d, or RFC 3339')
    .option('--until <time>', 'only records before this: as --since')
    .addOption(
      new Option('-o, --output <form>', 'how to print').choices(['table', 'ndjson', 'csv', 'logfmt']).default('table'),
    )
    .option('-n, --limit <count>', 'at most so many records, the newest', (text) => count(text), 100)
    .option('--all', 'every record, the oldest first')
    .option('--fields <names>', 'columns of csv and logfmt, separated by commas')
    .option('--histogram', 'counts over time by level')
    .option('--top <field>', 'the most frequent values of a field')
    .option('-f, --follow', 'go on with what comes')
    .action(async (text: string, flags: QueryFlags) => {
      // Loaded here: other commands start without the store.
      const { query } = await import('./query.ts');
      process.exitCode = await query(text, flags);
    });
}

function count(text: string): number {
  return COUNT.test(text) ? Number(text) : 100;
}
