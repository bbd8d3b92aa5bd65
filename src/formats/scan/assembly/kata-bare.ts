// Lines of a file that is a guest's console: its kernel's, and the states of services that systemd shows.

import { isCleanLine, readKernelLine, readStatusLine } from './kata-console';
import { hasPod, marked } from './kata-identity';
import { kernelMarks } from './kata-nested';
import { messageFacts } from './kata-pairs';
import { clearRecord, K_MSG } from './kata-record';
import { holdsAny, K0, TROUBLE_WORD } from './kata-state';
import { OTHER, READ } from './kata-words';

const BRACKET: u32 = 91;
const BLANK: u32 = 32;

/** Whether the second word may be `kata[12]:`, as journalctl writes behind its stamps and its host. */
function mayBeFramed(s: usize, e: usize): bool {
  while (s < e && load<u8>(s) != BLANK) s++;
  const name = ++s;
  while (s < e && load<u8>(s) > BLANK) {
    if (load<u8>(s) == BRACKET) return s > name;
    s++;
  }
  return false;
}

/** Reads the line `[s, e)` into K0. @param flags those of the words in it. */
export function readBare(s: usize, e: usize, flags: u32): u32 {
  clearRecord(K0);
  if (isCleanLine(s, e)) {
    if ((flags & TROUBLE_WORD) != 0 || !readKernelLine(K0, s, e)) return OTHER;
    if (mayBeFramed(load<u32>(K0, K_MSG), e)) return OTHER;
    const result = kernelMarks(K0);
    if (result != READ) return result;
  } else {
    // It may end what is held.
    if (holdsAny() || !readStatusLine(K0, s, e)) return OTHER;
    let result = messageFacts(K0);
    if (result == READ) result = marked(K0);
    if (result != READ) return result;
  }
  return hasPod(K0, flags);
}
