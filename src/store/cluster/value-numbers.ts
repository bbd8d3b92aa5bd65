// Statistics of numbers that an index keeps as words, from the counts of its values.
import { numberOf } from '../../formats/kql/predicate.ts';
import type { NumberStats } from '../log-store.ts';
import type { ValueCount } from './value-counts.ts';

export const PERCENTS = [50, 90, 95, 99] as const;

/** Undefined when none of the values is a number. */
export function numbersAmong(values: readonly ValueCount[]): NumberStats | undefined {
  const numbers = values
    .flatMap(({ value, count }) => {
      const number = numberOf(String(value));
      return number === undefined ? [] : [{ number, count }];
    })
    .sort((a, b) => a.number - b.number);
  const [first, last] = [numbers[0], numbers.at(-1)];
  if (!first || !last) return undefined;
  const count = numbers.reduce((sum, one) => sum + one.count, 0);
  const sum = numbers.reduce((total, one) => total + one.number * one.count, 0);
  const [p50, p90, p95, p99] = PERCENTS.map((percent) => numberAt(numbers, (percent / 100) * count)) as [
    number,
    number,
    number,
    number,
  ];
  return { count, min: first.number, max: last.number, mean: sum / count, p50, p90, p95, p99 };
}

/** The number at a rank, counted from 1; `numbers` ascend. */
function numberAt(numbers: readonly { readonly number: number; readonly count: number }[], rank: number): number {
  let seen = 0;
  for (const { number, count } of numbers) {
    seen += count;
    if (seen >= rank) return number;
  }
  return numbers.at(-1)?.number ?? 0;
}
