// How far each source is, and what became of its records: of a running configuration, and of files that were imported.
import * as fs from 'node:fs';
import type { SourceStatus } from '../api/contract.ts';
import type { Understood } from '../kata/record.ts';
import type { RunStatus } from '../pipeline/run.ts';

/** The sources of a running configuration. */
export function runningSources({ counters, lagBytes }: RunStatus): SourceStatus[] {
  return Object.entries(counters.snapshot())
    .filter(([, counts]) => counts['bytes_in'] !== undefined)
    .map(([name, counts]) => ({
      name,
      ...lagPart(lagBytes(name)),
      bytes_in: counts['bytes_in'] ?? 0,
      records: counts['records_out'] ?? 0,
      repaired: counters.filtered(name, 'repaired'),
      rejected: (counts['unmatched'] ?? 0) + counters.filtered(name, 'rejected'),
      gaps: counts['gaps'] ?? 0,
    }));
}

function lagPart(bytes: number | undefined): { readonly lag_bytes?: number } {
  return bytes === undefined ? {} : { lag_bytes: bytes };
}

/** Files that are imported, each a source. */
export class ImportedFiles {
  readonly #byPath = new Map<string, SourceStatus>();

  add({ source, kata, raw }: Understood): void {
    const { path, offset, bytes } = source;
    const file = this.#byPath.get(path) ?? { name: path, bytes_in: 0, records: 0, repaired: 0, rejected: 0, gaps: 0 };
    this.#byPath.set(path, file);
    file.records++;
    file.bytes_in = Math.max(file.bytes_in, offset + bytes);
    if (kata.repairs !== undefined) file.repaired++;
    else if (raw !== undefined) file.rejected++;
    if (kata.gap) file.gaps++;
  }

  list(): SourceStatus[] {
    return [...this.#byPath.values()].map((file) => ({ ...file, ...lagOf(file) }));
  }
}

/** Bytes that are not read yet; of a packed file only its end is known. */
function lagOf({ name, bytes_in: read }: SourceStatus): { readonly lag_bytes?: number } {
  const file = fs.statSync(name, { throwIfNoEntry: false });
  if (!file?.isFile() || /\.(gz|xz|zst|journal)$/.test(name)) return {};
  return { lag_bytes: Math.max(0, file.size - read) };
}
