// Tables and figures for people: columns that line up, durations, bars. Foreign text is made printable here.
import { styleText } from 'node:util';
import { printable } from '../core/problem.ts';

type Style = Parameters<typeof styleText>[0];

/** Colours a text where a person reads it on a terminal that has colours. */
export function styled(style: Style, text: string): string {
  const wants = process.stdout.isTTY && process.env['NO_COLOR'] === undefined && process.env['TERM'] !== 'dumb';
  return wants ? styleText(style, text) : text;
}

/** Rows as lines; the first row is the head. @param right numbers of the columns that hold figures */
export function columns(rows: readonly (readonly string[])[], right: ReadonlySet<number> = new Set()): string {
  const safe = rows.map((row) => row.map((cell) => printable(cell)));
  const count = Math.max(0, ...safe.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, at) => Math.max(0, ...safe.map((row) => (row[at] ?? '').length)));
  return safe
    .map((row) => {
      const cells = row.map((cell, at) =>
        right.has(at) ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0),
      );
      return `${cells.join('  ').trimEnd()}\n`;
    })
    .join('');
}

const STEPS: readonly (readonly [number, string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
];

/** `12.3 ms`, `4.25 s`, `2 h 5 min`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${ms.toFixed(1)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(2)} s`;
  const at = STEPS.findIndex(([size]) => ms >= size);
  const [size, unit] = STEPS[at] ?? [1000, 's'];
  const [smaller, smallerUnit] = STEPS[at + 1] ?? [1000, 's'];
  const rest = Math.floor((ms % size) / smaller);
  return rest === 0 ? `${Math.floor(ms / size)} ${unit}` : `${Math.floor(ms / size)} ${unit} ${rest} ${smallerUnit}`;
}

/** A bar from `start` to `end` on a scale from 0 to `total`; what is there is at least one block wide. */
export function bar(start: number, end: number, total: number, width: number): string {
  const scale = (value: number): number => (total <= 0 ? 0 : Math.round((value / total) * width));
  const from = Math.min(scale(start), width - 1);
  const length = Math.max(1, scale(end) - from);
  return (' '.repeat(from) + '█'.repeat(length)).padEnd(width);
}
