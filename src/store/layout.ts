// Where the files of a store lie.
//   manifest.jsonl                       what is sealed, see manifest.ts
//   wal/<seq>.ndjson                     write-ahead files, see wal-encoder.ts
//   seg/<day>/<min>-<max>-<seq>.parquet  sealed segments
//   tmp/                                 DuckDB's spill files and segments that are being written
import * as path from 'node:path';

export interface StoreLayout {
  readonly root: string;
  readonly manifest: string;
  readonly wal: string;
  readonly segments: string;
  readonly temporary: string;
}

export function layoutOf(root: string): StoreLayout {
  const absolute = path.resolve(root);
  return {
    root: absolute,
    manifest: path.join(absolute, 'manifest.jsonl'),
    wal: path.join(absolute, 'wal'),
    segments: path.join(absolute, 'seg'),
    temporary: path.join(absolute, 'tmp'),
  };
}

const WAL_NAME = /^(\d{12})\.ndjson$/;

export function walPath(layout: StoreLayout, seq: number): string {
  return path.join(layout.wal, `${String(seq).padStart(12, '0')}.ndjson`);
}

/** The number of a write-ahead file, or undefined for any other file. */
export function walSeq(name: string): number | undefined {
  const seq = WAL_NAME.exec(name)?.[1];
  return seq === undefined ? undefined : Number(seq);
}
