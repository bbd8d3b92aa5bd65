// `katalog sandbox`: the sandboxes in some logs, or the life of one of them.
import { writeFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { EnvironmentError } from '../core/failure.ts';
import { printable, quoted } from '../core/problem.ts';
import { SandboxBook, type SandboxView, type Seen } from '../kata/sandbox-book.ts';
import { sandboxJson } from '../kata/sandbox-json.ts';
import { EXIT } from './exit-codes.ts';
import { hasLogs, readKataRecords, twoPlaces } from './kata-records.ts';
import { isThere } from './named-logs.ts';
import { type LogPlace, withLogPlace } from './open-logs.ts';
import { printJson } from './print.ts';
import { sandboxHtml } from './sandbox-html.ts';
import { sandboxReport } from './sandbox-report.ts';
import { sandboxList, sandboxPage } from './sandbox-text.ts';
import { Timeline } from './sandbox-timeline.ts';

interface SandboxFlags extends LogPlace {
  readonly json?: true;
  readonly report?: true;
  readonly html?: string;
}

/** The beginning of an id; pasted from elsewhere it may be in capitals. */
const ID = /^[0-9a-f]{1,64}$/i;
/** What is so long is no name of a file by chance. */
const CLEAR_ID = /^[0-9a-f]{4,64}$/;

export function sandboxCommand(): Command {
  const command = new Command('sandbox').description("list the sandboxes in Kata's logs, or show the life of one");
  return withLogPlace(command)
    .argument('[id]', 'the sandbox, or the beginning of its id; left out: all are listed')
    .argument(
      '[files...]',
      "logs of any kind that katalog parse reads, patterns, folders of journals, - for standard input (default: this host's store, else its logs)",
    )
    .addOption(new Option('--json', 'print JSON').conflicts(['report', 'html']))
    .addOption(
      new Option('--report', 'print a Markdown report of one sandbox, to attach to a bug report').conflicts('html'),
    )
    .option('--html <file>', 'write one sandbox as a page in one file, which opens offline')
    .action(sandbox);
}

/** The id may be left out: what does not look like one, or is short and the name of a file, is the first file. */
function idOf(word: string | undefined): string | undefined {
  if (word === undefined || !ID.test(word) || (!CLEAR_ID.test(word) && isThere(word))) return undefined;
  return word.toLowerCase();
}

async function sandbox(word: string | undefined, files: readonly string[], flags: SandboxFlags): Promise<void> {
  const id = idOf(word);
  const paths = word === undefined || id !== undefined ? files : [word, ...files];
  const wrong = twoPlaces(paths, flags);
  if (wrong !== undefined) {
    usage(wrong);
    return;
  }
  const book = new SandboxBook();
  const timeline = new Timeline();
  const take = (record: Seen): void => {
    book.add(record);
    if (id !== undefined && record.kata.sandbox?.startsWith(id)) timeline.add(record);
  };
  if (word !== undefined && !CLEAR_ID.test(word) && paths.length === 0 && !hasLogs(flags)) {
    usage(`there is no file ${quoted(word)}, and no log of this host in which to look for a sandbox of that name`);
    return;
  }
  const { failures } = await readKataRecords(paths, take, flags, { sandbox: id });
  if (failures > 0) process.exitCode = EXIT.unavailable;
  if (id !== undefined) showOne(book, timeline, word ?? id, flags);
  else if (flags.report || flags.html !== undefined)
    usage(`${flags.report ? '--report' : '--html'} wants the id of one sandbox`);
  else if (flags.json) printJson(book.list().map(sandboxJson));
  else showList(book.list(), failures);
}

function showList(views: readonly SandboxView[], failures: number): void {
  if (views.length > 0) process.stdout.write(sandboxList(views));
  else if (failures === 0) process.stdout.write('no sandboxes found\n');
}

/** @param prefix as it was written */
function showOne(book: SandboxBook, timeline: Timeline, prefix: string, flags: SandboxFlags): void {
  const found = book.find(prefix.toLowerCase());
  const view = found.length === 1 && found[0] !== undefined ? book.view(found[0]) : undefined;
  if (found.length > 1) {
    usage(`${quoted(prefix)} is the beginning of ${found.length} sandboxes; give more of the id`);
    return;
  }
  if (!view) {
    const what = CLEAR_ID.test(prefix) ? '' : `there is no file ${quoted(prefix)}, and `;
    process.stderr.write(
      `${what}no sandbox ${quoted(prefix)} in these logs; katalog sandbox without an id lists them\n`,
    );
    process.exitCode = EXIT.problems;
    return;
  }
  if (flags.html !== undefined) writePage(flags.html, sandboxHtml(view, timeline));
  else if (flags.json) printJson(sandboxJson(view));
  else process.stdout.write(flags.report ? sandboxReport(view, timeline) : sandboxPage(view, timeline));
}

/** @throws {EnvironmentError} `files/write` */
function writePage(file: string, page: string): void {
  try {
    writeFileSync(file, page);
  } catch (cause) {
    throw new EnvironmentError('files/write', `cannot write ${file}`, { cause });
  }
  process.stderr.write(`wrote ${printable(file)}: one page, to be opened in a browser\n`);
}

function usage(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = EXIT.usage;
}
