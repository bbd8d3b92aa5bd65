// A line of logrus's as a record of Kata's: the pairs of one that is whole.
import { keyUse } from './facts';
import { mayBeCut } from './kata-identity';
import { hadBlankKey, lastKey, lastValueStart, readLogrus } from './kata-logrus';
import { readPairs } from './kata-pairs';
import { clearRecord, K_REPAIRS, L_BLANK_KEY } from './kata-record';
import { kataOwner } from './kata-state';
import { OTHER, READ } from './kata-words';
import { N_ID } from './keys';

const QUOTE: u32 = 34;
const EQUALS: u32 = 61;

/** Reads the line `[s, e)`, which begins with `time=`, into `k` and the tape. */
export function readLogrusRecord(k: usize, s: usize, e: usize, tape: usize): u32 {
  if (load<u8>(s + 5) != QUOTE || load<u8>(e - 1) == EQUALS || !readLogrus(s, e, tape)) return OTHER;
  clearRecord(k);
  const result = readPairs(k, tape, kataOwner());
  if (result != READ) return result;
  const last = lastValueStart();
  const quotes: usize = load<u8>(last) == QUOTE ? 2 : 0;
  if (mayBeCut(k, keyUse(load<i32>(lastKey(), N_ID), kataOwner()), e - last - quotes)) return OTHER;
  if (hadBlankKey()) store<u32>(k, L_BLANK_KEY, K_REPAIRS);
  return READ;
}
