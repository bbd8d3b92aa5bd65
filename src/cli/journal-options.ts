// What `katalog journal` is asked for, read from its options; the names are those of journalctl.
import { Command, InvalidArgumentError, Option } from 'commander';
import { parseCursor } from '../formats/journal/cursor.ts';
import { OUTPUT_FORMS, type OutputForm } from './journal-text.ts';

export interface JournalFlags {
  readonly directory?: string[];
  readonly file?: string[];
  readonly namespace?: string;
  readonly root?: string;
  readonly identifier?: string[];
  readonly unit?: string[];
  readonly priority?: string;
  readonly boot?: string | true;
  readonly dmesg?: true;
  readonly since?: string;
  readonly until?: string;
  readonly grep?: string;
  readonly caseSensitive?: string | true;
  readonly lines?: string | true;
  readonly tail: boolean;
  readonly reverse?: true;
  readonly follow?: true;
  readonly cursor?: string;
  readonly afterCursor?: string;
  readonly showCursor?: true;
  readonly output: OutputForm;
  readonly outputFields?: string[];
  readonly all?: true;
  readonly hostname: boolean;
  readonly utc?: true;
  readonly dedup?: true;
  readonly merge?: true;
  readonly pager: boolean;
  readonly quiet?: true;
  readonly field?: string;
  readonly fields?: true;
  readonly listBoots?: true;
  readonly header?: true;
  readonly diskUsage?: true;
  readonly verify?: true;
}

function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

function cursorText(value: string): string {
  if (!parseCursor(value)) throw new InvalidArgumentError('expected a cursor as --show-cursor prints it.');
  return value;
}

/** The command and its options; the action is the caller's. */
export function journalOptions(): Command {
  const command = new Command('journal')
    .description('show systemd journals, live or copied from anywhere; no systemd needed')
    .argument('[matches...]', 'FIELD=value; values of one field are alternatives, + separates groups');
  addSources(command);
  addSelection(command);
  addOutput(command);
  return addQuestions(command);
}

function addSources(command: Command): void {
  command
    .option(
      '-D, --directory <dir>',
      'read the journal in this directory (default: /run/log/journal and /var/log/journal)',
      collect,
    )
    .option('--file <file>', 'read this file; a pattern with * is expanded', collect)
    .option('--namespace <name>', 'read the journal of a namespace')
    .option('--root <dir>', 'read the journal of the system below this directory')
    .option('-m, --merge', 'files of all machines (always so)')
    .option('--dedup', 'drop the doubles that journald writes when a file is full in the middle of an entry');
}

function addSelection(command: Command): void {
  command
    .option('-t, --identifier <name>', 'only this SYSLOG_IDENTIFIER', collect)
    .option('-u, --unit <unit>', 'only this unit, and what systemd says about it', collect)
    .option('-p, --priority <level>', 'only this priority and more important ones, or a range FROM..TO')
    .option('-b, --boot [id]', 'only this boot: an id, 0 the last one, -1 the one before, 1 the first one')
    .option('-k, --dmesg', 'only messages of the kernel, of the last boot')
    .option('-S, --since <time>', 'only entries of this time or newer')
    .option('-U, --until <time>', 'only entries of this time or older')
    .option('-g, --grep <pattern>', 'only entries whose MESSAGE matches this regular expression')
    .option('--case-sensitive [yes|no]', 'whether --grep minds case (default: if the pattern has upper-case letters)')
    .addOption(new Option('-n, --lines [count]', 'only the last ones (default 10), all, or +N: the first ones'))
    .option('--no-tail', 'with --follow, all entries and not only the last 10')
    .option('-r, --reverse', 'newest first')
    .option('-f, --follow', 'wait for more')
    .option('-c, --cursor <cursor>', 'start at this entry', cursorText)
    .option('--after-cursor <cursor>', 'start behind this entry', cursorText);
}

function addOutput(command: Command): void {
  command
    .addOption(new Option('-o, --output <form>', 'how entries are printed').choices([...OUTPUT_FORMS]).default('short'))
    .option('--output-fields <names>', 'only these fields, separated by commas', (value) => value.split(','))
    .option('-a, --all', 'fields of any length, and bytes that are no text')
    .option('--no-hostname', 'leave the host name out of short forms')
    .option('--utc', 'times in UTC')
    .option('--show-cursor', 'the cursor of the last entry, at the end')
    .option('--no-pager', 'accepted: there is no pager')
    .option('-q, --quiet', 'no remarks on standard error');
}

function addQuestions(command: Command): Command {
  return command
    .option('-F, --field <name>', 'all values of a field')
    .option('-N, --fields', 'all names of fields')
    .option('--list-boots', 'all boots')
    .option('--header', 'the headers of the files')
    .option('--disk-usage', 'the size of the files')
    .option('--verify', 'check the structure of the files');
}
