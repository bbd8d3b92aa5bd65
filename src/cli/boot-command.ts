// `katalog boot A B`: whether sandboxes start slower in one log than in another, and in which phase.
import { Command, InvalidArgumentError } from 'commander';
import { printable } from '../core/problem.ts';
import {
  compareBoots,
  isSlower,
  type Percentiles,
  type PhaseComparison,
  slowestInitcalls,
} from '../kata/boot-compare.ts';
import { SandboxBook, type SandboxView } from '../kata/sandbox-book.ts';
import { columns, duration } from './columns.ts';
import { EXIT } from './exit-codes.ts';
import { readKataFiles } from './kata-records.ts';

interface BootFlags {
  readonly failOver?: number;
  readonly json?: true;
}

const INITCALLS_SHOWN = 10;

export function bootCommand(): Command {
  return new Command('boot')
    .description('compare the start-up times of two logs: each phase in half (p50) and in 95 % (p95) of the sandboxes')
    .argument('<before>', 'a log of any kind that katalog parse reads')
    .argument('<after>', 'the log to compare with it')
    .option('--fail-over <percent>', 'exit with 1 when a phase takes more than this longer, such as 10%', percentOf)
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
  const slower = flags.failOver === undefined ? [] : rows.filter((row) => isSlower(row, flags.failOver ?? 0));
  const initcalls = slowestInitcalls(one, other, INITCALLS_SHOWN);
  if (flags.json) {
    const slow = slower.map(({ name }) => name);
    process.stdout.write(
      `${JSON.stringify({ phases: rows, slowest_initcalls: initcalls, slower: slow }, undefined, 2)}\n`,
    );
  } else process.stdout.write(rows.length === 0 ? 'no sandbox came up in either log\n' : page(rows, slower, initcalls));
  if (flags.failOver === undefined || !(slower.length > 0 || !rows.some((row) => row.before && row.after))) return;
  const reason = slower.length > 0 ? `slower: ${slower.map(({ name }) => name).join(', ')}` : 'nothing to compare';
  process.stderr.write(`${reason}\n`);
  process.exitCode = EXIT.problems;
}

async function sandboxesOf(file: string): Promise<readonly SandboxView[]> {
  const book = new SandboxBook();
  await readKataFiles([file], (record) => book.add(record));
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
