// Lines in, records out, for tests.
import { KataMemory } from './memory.ts';
import { ndjsonLine } from './ndjson.ts';
import { KataReader } from './reader.ts';
import type { Understood } from './record.ts';

export interface ReadOptions {
  readonly redacts?: boolean;
  readonly memory?: KataMemory;
}

/** The records of one file. */
export function readRecords(
  lines: readonly string[],
  { redacts = true, memory = new KataMemory() }: ReadOptions = {},
): Understood[] {
  const records: Understood[] = [];
  const reader = new KataReader({ memory, emit: (record) => records.push(record), redacts, unwraps: true });
  let offset = 0;
  for (const [index, line] of lines.entries()) {
    const bytes = Buffer.byteLength(line) + 1;
    reader.line(line, { path: '/var/log/kata.log', line: index + 1, offset, bytes });
    offset += bytes;
  }
  reader.end();
  return records;
}

/** The objects that `parse -o ndjson` prints. */
export function printed(records: readonly Understood[]): Record<string, Record<string, unknown>>[] {
  return records.map((record) => JSON.parse(ndjsonLine(record)) as Record<string, Record<string, unknown>>);
}
