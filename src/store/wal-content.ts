// What a write-ahead file holds, kept while it is written.
import type { WalBatch } from './wal-encoder.ts';

/** What the present write-ahead file holds. */
export interface WalContent {
  rows: number;
  minTime: bigint;
  maxTime: bigint;
  hasBag: boolean;
  readonly columns: Set<string>;
}

export function emptyContent(): WalContent {
  return { rows: 0, minTime: 0n, maxTime: 0n, hasBag: false, columns: new Set() };
}

export function addContent(content: WalContent, batch: WalBatch, rows: number): void {
  if (content.rows === 0 || batch.minTime < content.minTime) content.minTime = batch.minTime;
  if (content.rows === 0 || batch.maxTime > content.maxTime) content.maxTime = batch.maxTime;
  content.rows += rows;
  content.hasBag ||= batch.bagged.length > 0;
  for (const name of batch.columns) content.columns.add(name);
}

export function linesOf({ bytes, ends }: WalBatch): readonly Buffer[] {
  return ends.map((end, i) => bytes.subarray(i === 0 ? 0 : ends[i - 1], end));
}
