// `katalog problems`: errors, panics, out of memory and lost records, grouped by the kind of message.
import { Command, InvalidArgumentError } from 'commander';
import { printable } from '../core/problem.ts';
import { writeInstant } from '../kata/instant.ts';
import { countOf, PROBLEM_KINDS, type Problem, ProblemBook, type ProblemKind } from '../kata/problem-book.ts';
import { columns } from './columns.ts';
import { EXIT } from './exit-codes.ts';
import { readKataRecords, twoPlaces } from './kata-records.ts';
import { type LogPlace, withLogPlace } from './open-logs.ts';
import { printJson } from './print.ts';

interface ProblemsFlags extends LogPlace {
  readonly json?: true;
  readonly failOn?: readonly ProblemKind[];
}

const TEMPLATE_MAX = 120;
const SHORT_ID = 12;

export function problemsCommand(): Command {
  const command = new Command('problems').description(
    "group the errors, panics and losses in Kata's logs by their kind of message, new ones first",
  );
  return withLogPlace(command)
    .argument(
      '[files...]',
      "logs of any kind that katalog parse reads, patterns, folders of journals, - for standard input (default: this host's store, else its logs)",
    )
    .option('--json', 'print JSON')
    .option(
      '--fail-on <kinds>',
      `exit with 1 when there is one of these, or no record at all: ${PROBLEM_KINDS.join(', ')}. error takes in every panic and oom, and a gap that was told as an error`,
      kindsOf,
    )
    .action(problems);
}

function kindsOf(text: string): readonly ProblemKind[] {
  return text.split(',').map((word) => {
    const kind = PROBLEM_KINDS.find((name) => name === word.trim());
    if (kind === undefined)
      throw new InvalidArgumentError(`expected some of ${PROBLEM_KINDS.join(', ')}, got "${printable(word)}".`);
    return kind;
  });
}

async function problems(files: readonly string[], flags: ProblemsFlags): Promise<void> {
  const wrong = twoPlaces(files, flags);
  if (wrong !== undefined) {
    process.stderr.write(`${wrong}\n`);
    process.exitCode = EXIT.usage;
    return;
  }
  const book = new ProblemBook();
  const { records, failures } = await readKataRecords(files, (record) => book.add(record), flags, {
    problemsOnly: true,
  });
  if (failures > 0) process.exitCode = EXIT.unavailable;
  const found = book.list();
  // A panic alone, as Go prints it, has neither a time nor a writer.
  const hasRecords = records > 0 || found.length > 0;
  if (flags.json) printJson(found.map(problemJson));
  else if (hasRecords) process.stdout.write(problemTable(found));
  if (!hasRecords && failures === 0) process.stderr.write('there is no record of Kata in these logs\n');
  if (flags.failOn) judge(flags.failOn, found, hasRecords);
}

/** A gate that saw nothing says nothing of what it guards: it stays shut. */
function judge(kinds: readonly ProblemKind[], found: readonly Problem[], hasRecords: boolean): void {
  const count = found.reduce((sum, problem) => sum + countOf(problem, kinds), 0);
  if (count === 0 && hasRecords) return;
  process.stderr.write(
    count > 0
      ? `${count} problems of a kind that --fail-on names\n`
      : '--fail-on: nothing was looked at, so it fails\n',
  );
  process.exitCode = EXIT.problems;
}

function problemJson(problem: Problem): object {
  const { kind, template, component, count, errors, first, last, sandboxes, example, exampleError } = problem;
  return {
    kind,
    component: component ?? null,
    template,
    count,
    errors,
    first: first ? writeInstant(first) : null,
    last: last ? writeInstant(last) : null,
    sandboxes,
    example,
    error: exampleError ?? null,
  };
}

function problemTable(found: readonly Problem[]): string {
  if (found.length === 0) return 'no problems found\n';
  const rows = found.map(({ kind, component, count, first, sandboxes, template, exampleError }) => [
    kind,
    count.toLocaleString('en'),
    first ? writeInstant(first).slice(0, 19).replace('T', ' ') : '-',
    component ?? '-',
    sandboxes.length > 1 ? `${sandboxes.length} sandboxes` : (sandboxes[0]?.slice(0, SHORT_ID) ?? '-'),
    [template, ...(exampleError === undefined ? [] : [exampleError])]
      .map((text) => text.slice(0, TEMPLATE_MAX))
      .join(': '),
  ]);
  return columns([['KIND', 'COUNT', 'FIRST', 'COMPONENT', 'SANDBOX', 'MESSAGE'], ...rows], new Set([1]));
}
