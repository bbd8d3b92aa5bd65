// `katalog boot A B`: whether sandboxes start slower in one log than in another, and in which phase.
import { Command, InvalidArgumentError } from 'commander';
import { printable } from '../core/problem.ts';
import {
  compareBoots,
  isSlower,
  NOISE_MS,
  type Percentiles,
  type PhaseComparison,
  type Starts,
  slowestInitcalls,
  startsLess,
  startsOf,
} from '../kata/boot-compare.ts';
import { SandboxBook, type SandboxView } from '../kata/sandbox-book.ts';
import { columns, duration, styled } from './columns.ts';
import { EXIT } from './exit-codes.ts';
import { readKataRecords } from './kata-records.ts';
import { printJson } from './print.ts';

interface BootFlags {
  readonly failOver?: number;
  readonly json?: true;
}

const INITCALLS_SHOWN = 10;

export function bootCommand(): Command {
  return new Command('boot')
    .description('compare the start-up times of two logs: each phase in half (p50) and in 95 % (p95) of the sandboxes')
    .argument('<before>', 'a log of any kind that katalog parse reads: a file, a pattern, a folder of journals')
    .argument('<after>', 'the log to compare with it')
    .option(
      '--fail-over <percent>',
      `exit with 1 when a phase takes more than this longer, such as 10%, and more than ${NOISE_MS} ms, or fewer sandboxes come up`,
      percentOf,
    )
    .option('--json', 'print JSON')
    .action(boot);
}

function percentOf(text: string): number {
  const found = /^(\d{1,4}(?:\.\d+)?)\s*%?$/.exec(text);
  if (!found) throw new InvalidArgumentError(`expected a percentage such as 10%, got "${printable(text)}".`);
  return Number(found[1]);
}

async function boot(before: string, after: string, flags: BootFlags): Promise<void> {
  const [one, other] = [await sandboxesOf(before), await sandboxesOf(after)];
  const rows = compareBoots(one, other);
  const starts = { before: startsOf(one), after: startsOf(other) };
  const slower = flags.failOver === undefined ? [] : rows.filter((row) => isSlower(row, flags.failOver ?? 0));
  const initcalls = slowestInitcalls(one, other, INITCALLS_SHOWN);
  if (flags.json) {
    const slow = slower.map(({ name }) => name);
    printJson({ sandboxes: starts, phases: rows, slowest_initcalls: initcalls, slower: slow });
  } else process.stdout.write(`${startsText(starts)}${rows.length === 0 ? '' : page(rows, slower, initcalls)}`);
  if (flags.failOver === undefined) return;
  const reasons = [
    ...(slower.length > 0 ? [`slower: ${slower.map(({ name }) => name).join(', ')}`] : []),
    ...(startsLess(starts.before, starts.after) ? [`fewer come up: ${startsLine(starts)}`] : []),
    ...(rows.some((row) => row.before && row.after) ? [] : ['nothing to compare']),
  ];
  if (reasons.length === 0) return;
  process.stderr.write(`${reasons.join('\n')}\n`);
  process.exitCode = EXIT.problems;
}

interface BothStarts {
  readonly before: Starts;
  readonly after: Starts;
}

const startsLine = ({ before, after }: BothStarts): string =>
  `before ${before.up} of ${before.begun} sandboxes, after ${after.up} of ${after.begun}`;

function startsText(starts: BothStarts): string {
  const text = `came up: ${startsLine(starts)}\n`;
  return `${startsLess(starts.before, starts.after) ? styled('red', text) : text}\n`;
}

async function sandboxesOf(name: string): Promise<readonly SandboxView[]> {
  const book = new SandboxBook();
  const { failures } = await readKataRecords([name], (record) => book.add(record));
  if (failures > 0) process.exitCode = EXIT.unavailable;
  return book.list();
}

type Figure = keyof Percentiles;

function change({ before, after }: PhaseComparison, figure: Figure): string {
  if (!before || !after || before[figure] === 0) return '-';
  const percent = (100 * (after[figure] - before[figure])) / before[figure];
  return `${percent >= 0 ? '+' : ''}${percent.toFixed(1)} %`;
}

function page(
  rows: readonly PhaseComparison[],
  slower: readonly PhaseComparison[],
  initcalls: ReturnType<typeof slowestInitcalls>,
): string {
  const text = (values: Percentiles | undefined, figure: Figure): string => (values ? duration(values[figure]) : '-');
  const head = ['PHASE', 'P50 BEFORE', 'P50 AFTER', '', 'P95 BEFORE', 'P95 AFTER', ''];
  const cells = rows.map((row) => [
    row.name,
    ...(['p50', 'p95'] as const).flatMap((figure) => [
      text(row.before, figure),
      text(row.after, figure),
      change(row, figure),
    ]),
    slower.includes(row) ? 'slower' : '',
  ]);
  const phases = columns([head, ...cells], new Set([1, 2, 3, 4, 5, 6]));
  if (initcalls.length === 0) return phases;
  const micros = (usecs: number | undefined): string => (usecs === undefined ? '-' : duration(usecs / 1000));
  const calls = initcalls.map(({ name, before, after }) => [name, micros(before), micros(after)]);
  return `${phases}\n${columns([['SLOWEST INITCALLS', 'BEFORE', 'AFTER'], ...calls], new Set([1, 2]))}`;
}
