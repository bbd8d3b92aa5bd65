// Whether a file that was found holds the content of a generation.

import { PlainFile } from '../../../readers/files/plain-file.ts';
import type { SeenFile } from '../../../readers/files/seen-file.ts';
import { hashOf } from '../../../readers/files/seen-file.ts';
import { type Generation, MARK_BYTES } from './generation.ts';

/**
 * `holds`: everything that was read of the generation is there. `part`: the beginning of it is, as in a copy that is
 * being made. `other`: the content is another one.
 */
export type Likeness = 'holds' | 'part' | 'other';

export function compare(generation: Generation, seen: SeenFile): Likeness {
  if (seen.fingerprint !== generation.facts.fingerprint) return 'other';
  // The content of a compressed file shows when it is read; nobody appends to one.
  if (seen.isGzip || seen === generation.place) return 'holds';
  const { markAt, mark } = markOf(generation);
  if (seen.size < Math.max(markAt, generation.position)) return 'part';
  if (markAt === 0) return 'holds';
  const bytes = readBefore(seen.path, markAt);
  return bytes !== undefined && hashOf(bytes) === mark ? 'holds' : 'other';
}

/** The bytes in front of a position, at most 1 KiB; undefined where they cannot be read. */
export function readBefore(path: string, position: number): Buffer | undefined {
  const length = Math.min(MARK_BYTES, position);
  try {
    const file = new PlainFile(path);
    try {
      const bytes = Buffer.alloc(length);
      return file.read(bytes, 0, length, position - length) === length ? bytes : undefined;
    } finally {
      file.close();
    }
  } catch {
    // Gone since it was seen.
    return undefined;
  }
}

function markOf(generation: Generation): { readonly markAt: number; readonly mark: string } {
  if (generation.before.length === 0) return generation.facts;
  return { markAt: generation.position, mark: hashOf(generation.before) };
}
