// The live tail: follows the write-ahead files as any process can, and goes on where an earlier tail ended.
// A place is `<seq>.<byte offset>`; sealed files stay for a minute, so a reconnect misses nothing.
import * as fs from 'node:fs';
import { EnvironmentError, systemCode } from '../core/failure.ts';
import type { Clock } from '../core/plugin.ts';
import { compilePredicate, type Predicate } from '../formats/kql/predicate.ts';
import { timeText } from '../formats/kql/time-bound.ts';
import type { StoreFiles } from './files.ts';
import { walPath, walSeq } from './layout.ts';
import { readField, type StoredRecord, type TailBatch, type TailRequest } from './log-store.ts';
import { partsOf } from './merge.ts';
import { recordOfLine } from './record-of.ts';
import type { StoreWriter } from './writer.ts';

const POLL_MS = 250;
/** Read at once; a batch of records is made of each. */
const BLOCK_BYTES = 1 << 20;
const BLOCK_MAX_BYTES = 64 << 20;
const LF = 0x0a;

interface Place {
  readonly seq: number;
  readonly offset: number;
}

export async function* followTail(
  files: StoreFiles,
  clock: Clock,
  writer: StoreWriter | undefined,
  request: TailRequest,
  signal: AbortSignal,
): AsyncGenerator<TailBatch> {
  const predicate = compilePredicate(request.query);
  const resumed = parsePlace(request.resume);
  let place = resumed ?? endOf(files);
  let missed = resumed ? missedBefore(files, resumed) : 0;
  while (!signal.aborted) {
    const block = readBlock(files, place);
    if (block.bytes.length > 0 || missed > 0) {
      place = { seq: place.seq, offset: place.offset + block.bytes.length };
      yield { records: matching(block.bytes, predicate), resume: `${place.seq}.${place.offset}`, missed };
      missed = 0;
      continue;
    }
    const next = block.isLast ? undefined : nextAfter(files, place.seq);
    if (next !== undefined) place = { seq: next, offset: 0 };
    else await news(writer, clock, signal);
  }
}

/** Resolves when the writer has stored something, or after a while. */
async function news(writer: StoreWriter | undefined, clock: Clock, signal: AbortSignal): Promise<void> {
  const woken = new AbortController();
  const off = writer?.onAppend(() => woken.abort(new Error('there are new records')));
  try {
    await clock.sleep(POLL_MS, AbortSignal.any([signal, woken.signal]));
  } catch (thrown) {
    if (!signal.aborted && !woken.signal.aborted) throw thrown;
  } finally {
    off?.();
  }
}

function matching(bytes: Buffer, predicate: Predicate): readonly StoredRecord[] {
  const records: StoredRecord[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(LF, start);
    const record = recordOfLine(bytes.toString('utf8', start, end));
    if (record && predicate((field) => (field === '@timestamp' ? timeText(record.time) : readField(record, field)))) {
      records.push(record);
    }
    start = end + 1;
  }
  return records;
}

/** Whole lines at a place; `isLast` when more may still be appended to the file. */
function readBlock(files: StoreFiles, { seq, offset }: Place): { readonly bytes: Buffer; readonly isLast: boolean } {
  const isLast = nextAfter(files, seq) === undefined;
  let fd: number;
  try {
    fd = fs.openSync(walPath(files.layout, seq), 'r');
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return { bytes: Buffer.alloc(0), isLast };
    throw new EnvironmentError('store/read', `cannot read ${walPath(files.layout, seq)}`, { cause });
  }
  try {
    for (let size = BLOCK_BYTES; ; size *= 4) {
      const block = Buffer.allocUnsafe(size);
      const read = fs.readSync(fd, block, 0, size, offset);
      const end = block.subarray(0, read).lastIndexOf(LF) + 1;
      if (end > 0 || read < size || size >= BLOCK_MAX_BYTES) return { bytes: block.subarray(0, end), isLast };
    }
  } finally {
    fs.closeSync(fd);
  }
}

function present(files: StoreFiles): readonly number[] {
  try {
    const seqs = fs.readdirSync(files.layout.wal).map(walSeq);
    return seqs.filter((seq) => seq !== undefined).sort((a, b) => a - b);
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return [];
    throw new EnvironmentError('store/read', `cannot read ${files.layout.wal}`, { cause });
  }
}

function nextAfter(files: StoreFiles, seq: number): number | undefined {
  return present(files).find((one) => one > seq);
}

function endOf(files: StoreFiles): Place {
  const seq = present(files).at(-1);
  if (seq === undefined) return { seq: 0, offset: 0 };
  return { seq, offset: fs.statSync(walPath(files.layout, seq), { throwIfNoEntry: false })?.size ?? 0 };
}

function parsePlace(text: string | undefined): Place | undefined {
  const parts = /^(\d{1,12})\.(\d{1,12})$/.exec(text ?? '');
  return parts ? { seq: Number(parts[1]), offset: Number(parts[2]) } : undefined;
}

/** Records that came after the place and lie in files that are gone, at most. */
function missedBefore(files: StoreFiles, { seq }: Place): number {
  const there = new Set(present(files));
  let missed = 0;
  for (const segment of files.manifest().segments.values()) {
    for (const [from, rows] of partsOf(segment)) if (from >= seq && !there.has(from)) missed += rows;
  }
  return missed;
}
