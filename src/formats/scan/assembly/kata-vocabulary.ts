// What the guests' sound records and lines say, for src/kata/vocabulary.ts to keep: each text that was told already is only
// counted. A table of their hashes remembers; where two fall into one place, the one that was there is told once more.

import { keyUse } from './facts';
import { learnAgent, learnAgentAgain, learnKernel, learnKernelAgain } from './kata-lessons';
import { kataOwner } from './kata-state';
import { U_LEVEL, U_TS } from './kata-words';
import { hashText } from './keys';
import { HEAD_BYTES, S_END, S_START, SPAN_BYTES, W_SPANS } from './layout';

/** Places of the table, a power of two, and where it is. */
const TOLD_SLOTS: usize = 16384;
let told: usize = 0;
const QUOTE: u32 = 34;
const KERNEL: u64 = 0;

/** Bytes of room for the table. */
export const TOLD_BYTES: usize = TOLD_SLOTS * 8;

export function setTold(room: usize): void {
  told = room;
}

/** Somebody else listens, or keys have other numbers now. */
export function forgetTold(): void {
  memory.fill(told, 0, TOLD_BYTES);
}

/** Whether the text `[s, e)` of that kind was told; it will have been. */
function wasTold(s: usize, e: usize, kind: u64): bool {
  const hash = hashText(s, <u32>(e - s), kind);
  const slot = told + (<usize>hash & (TOLD_SLOTS - 1)) * 8;
  if (load<u64>(slot) == hash) return true;
  store<u64>(slot, hash);
  return false;
}

/** A line of a kernel that is whole: what it says can be said again. */
export function tellKernel(s: usize, e: usize): void {
  if (wasTold(s, e, KERNEL)) learnKernelAgain();
  else learnKernel(s, e);
}

/** A sound record of an agent, the object `[s, e)`, of which the tape has the members. */
export function tellAgent(s: usize, e: usize, tape: usize): void {
  let isNew = false;
  const end = tape + HEAD_BYTES + load<u32>(tape, W_SPANS * 4) * SPAN_BYTES;
  for (let span = tape + HEAD_BYTES; span < end; span += SPAN_BYTES) {
    const key = load<i32>(span);
    const start: usize = load<u32>(span, S_START * 4);
    if (load<u8>(start) != QUOTE) continue;
    const use = keyUse(key, kataOwner());
    if (use == U_TS || use == U_LEVEL) continue;
    if (!wasTold(start, load<u32>(span, S_END * 4), <u64>(key + 1))) isNew = true;
  }
  if (isNew) learnAgent(s, e);
  else learnAgentAgain();
}
