// From the server's answer to bars: every bucket of the range, the empty ones too, by level.
import type { HistogramAnswer } from '../../../src/api/contract.ts';
import { type Level, levelOf } from '../ui/levels.tsx';
import { millis, toTime } from '../ui/time.ts';
import type { Bucket } from './histogram.tsx';

const BUCKETS_MAX = 600;

export function bucketsOf(answer: HistogramAnswer): readonly Bucket[] {
  const { series, interval_ms: stepMs } = answer;
  if (answer.buckets.length === 0 || stepMs <= 0) return [];
  const levels = series.map(levelOf);
  const known = new Map(answer.buckets.map((bucket) => [Math.round(millis(bucket.start)), bucket]));
  const starts = [...known.keys()];
  const first = alignedStart(millis(answer.from), Math.min(...starts), stepMs);
  const end = Math.max(millis(answer.to), Math.max(...starts) + 1);
  const buckets: Bucket[] = [];
  for (let ms = first; ms < end && buckets.length < BUCKETS_MAX; ms += stepMs) {
    const bucket = known.get(Math.round(ms));
    const counts = bucket ? byLevel(levels, bucket.counts) : {};
    buckets.push({ time: toTime(ms), end: toTime(ms + stepMs), counts, partial: bucket?.partial ?? false });
  }
  return buckets;
}

/** The start of the bucket that holds `fromMs`, on the grid of a bucket that is known. */
function alignedStart(fromMs: number, knownMs: number, stepMs: number): number {
  return knownMs - Math.max(0, Math.ceil((knownMs - fromMs) / stepMs)) * stepMs;
}

function byLevel(levels: readonly Level[], counts: readonly number[]): { readonly [level in Level]?: number } {
  const sums: { [level in Level]?: number } = {};
  for (const [index, count] of counts.entries()) {
    const level = levels[index] ?? 'none';
    sums[level] = (sums[level] ?? 0) + count;
  }
  return sums;
}
