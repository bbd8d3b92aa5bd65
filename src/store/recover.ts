// After a crash: what a write-ahead file holds, read from the file itself.
import { type ClosedWal, OWN_TYPES } from './seal.ts';
import type { Origin } from './wal-encoder.ts';
import { cutTornLine, eachLine } from './wal-file.ts';

export interface RecoveredWal {
  readonly wal: ClosedWal;
  readonly origins: readonly Origin[];
  /** Bytes of a record that was not written whole, and so never acknowledged. */
  readonly tornBytes: number;
}

/** Cuts a torn last line off and takes stock of the rest. A line that is no record is counted as one that is lost. */
export async function recoverWal(file: string, seq: number): Promise<RecoveredWal> {
  const tornBytes = cutTornLine(file);
  const columns = new Set<string>();
  let hasBag = false;
  const origins: Origin[] = [];
  let [minTime, maxTime, longestLine] = [0n, 0n, 0];
  await eachLine(file, (bytes) => {
    const line = parseLine(bytes.toString('utf8'));
    if (!line) return;
    const time = line.time;
    if (origins.length === 0 || time < minTime) minTime = time;
    if (origins.length === 0 || time > maxTime) maxTime = time;
    longestLine = Math.max(longestLine, bytes.length);
    for (const name of Object.keys(line.values)) if (!Object.hasOwn(OWN_TYPES, name)) columns.add(name);
    hasBag ||= Object.keys(line.bag).length > 0;
    origins.push(line.origin);
  });
  const wal = { seq, path: file, rows: origins.length, minTime, maxTime, longestLine, columns, hasBag };
  return { wal, origins, tornBytes };
}

/** One line of a write-ahead file. */
export interface WalLine {
  readonly time: bigint;
  readonly origin: Origin;
  readonly index: string | undefined;
  readonly values: Readonly<Record<string, string>>;
  readonly bag: Readonly<Record<string, string>>;
}

const TIME = /^\{"_t":(-?\d+)/;

/** Undefined for text that is no whole line. */
export function parseLine(text: string): WalLine | undefined {
  const time = TIME.exec(text)?.[1];
  if (time === undefined) return undefined;
  try {
    const line = JSON.parse(text) as Record<string, unknown>;
    const { _t, _s, _o, _c, _i, _x, ...values } = line;
    return {
      // `_t` itself has lost its last digits.
      time: BigInt(time),
      origin: { stream: String(_s), offset: Number(_o ?? 0), check: Number(_c ?? 0) },
      index: typeof _i === 'string' ? _i : undefined,
      values: values as Record<string, string>,
      bag: (_x ?? {}) as Record<string, string>,
    };
  } catch {
    return undefined;
  }
}
