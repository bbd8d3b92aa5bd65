// `katalog sandbox`: the sandboxes in some logs, or the life of one of them.
import { Command, Option } from 'commander';
import { quoted } from '../core/problem.ts';
import { SandboxBook } from '../kata/sandbox-book.ts';
import { sandboxJson } from '../kata/sandbox-json.ts';
import { EXIT } from './exit-codes.ts';
import { readKataRecords } from './kata-records.ts';
import { sandboxReport } from './sandbox-report.ts';
import { sandboxList, sandboxPage } from './sandbox-text.ts';
import { Timeline } from './sandbox-timeline.ts';

interface SandboxFlags {
  readonly json?: true;
  readonly report?: true;
}

const ID = /^[0-9a-f]{4,64}$/;

export function sandboxCommand(): Command {
  return new Command('sandbox')
    .description("list the sandboxes in Kata's logs, or show the life of one")
    .argument('[id]', 'the sandbox, or the beginning of its id (four characters or more); left out: all are listed')
    .argument(
      '[files...]',
      'logs of any kind that katalog parse reads, - for standard input (default: logs of this host)',
    )
    .addOption(new Option('--json', 'print JSON').conflicts('report'))
    .option('--report', 'print a Markdown report of one sandbox, to attach to a bug report')
    .action(sandbox);
}

async function sandbox(id: string | undefined, files: readonly string[], flags: SandboxFlags): Promise<void> {
  // The id may be left out: what does not look like one is the first file.
  const isId = id !== undefined && ID.test(id);
  const paths = id === undefined || isId ? files : [id, ...files];
  const book = new SandboxBook();
  const timeline = new Timeline();
  await readKataRecords(paths, (record) => {
    book.add(record);
    if (isId && record.kata.sandbox?.startsWith(id)) timeline.add(record);
  });
  if (isId) showOne(book, timeline, id, flags);
  else if (flags.report) usage('--report wants the id of one sandbox');
  else if (flags.json) process.stdout.write(`${JSON.stringify(book.list().map(sandboxJson), undefined, 2)}\n`);
  else process.stdout.write(sandboxList(book.list()));
}

function showOne(book: SandboxBook, timeline: Timeline, prefix: string, flags: SandboxFlags): void {
  const found = book.find(prefix);
  const view = found.length === 1 && found[0] !== undefined ? book.view(found[0]) : undefined;
  if (found.length > 1) {
    usage(`${quoted(prefix)} is the beginning of ${found.length} sandboxes; give more of the id`);
    return;
  }
  if (!view) {
    process.stderr.write(`no sandbox ${quoted(prefix)} in these logs; katalog sandbox without an id lists them\n`);
    process.exitCode = EXIT.problems;
    return;
  }
  if (flags.json) process.stdout.write(`${JSON.stringify(sandboxJson(view), undefined, 2)}\n`);
  else process.stdout.write(flags.report ? sandboxReport(view, timeline) : sandboxPage(view, timeline));
}

function usage(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = EXIT.usage;
}
