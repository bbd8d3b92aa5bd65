// Whether a line is a record by itself: what decides about lines at the borders of files (C24).
import { unframe } from './frame.ts';
import { readJsonObject } from './json-record.ts';
import { readKernelLine } from './kernel-text.ts';
import { scanLogfmt } from './logfmt.ts';
import { isRecord } from './salvage-json.ts';
import { looksCut } from './salvage-logfmt.ts';

/** True for a whole record, false for one that begins here and does not end here, undefined for text that is neither. */
export function isWholeRecord(line: string): boolean | undefined {
  const { text, kind } = unframe(line);
  if (text.startsWith('time="')) {
    const { clean, pairs } = scanLogfmt(text);
    // Time and level alone are no record of anybody.
    return clean && pairs.keys[1] === 'level' && pairs.keys.length > 2 && !looksCut(text, pairs);
  }
  if (!text.startsWith('{')) return undefined;
  const pairs = readJsonObject(text);
  if (!pairs || kind !== 'bare') return pairs !== undefined;
  return pairs.keys.includes('MESSAGE') || isRecord(pairs);
}

/** Whether a text that is no record begins as lines do: with a frame, or a stamp of the kernel. */
export function beginsLine(line: string): boolean {
  return unframe(line).kind !== 'bare' || readKernelLine(line) !== undefined;
}
