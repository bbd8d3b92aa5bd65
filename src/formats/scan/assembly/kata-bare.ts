// Lines of a file that is a guest's console: its kernel's, and the states of services that systemd shows.

import { isCleanLine, mayBeMonotonic, readKernelLine, readStatusLine } from './kata-console';
import { holdsAny } from './kata-held';
import { hasPod, marked } from './kata-identity';
import { kernelMarks } from './kata-nested';
import { messageFacts } from './kata-pairs';
import { clearRecord, K_MSG } from './kata-record';
import { K0 } from './kata-state';
import { OTHER, READ } from './kata-words';

/** Reads the line `[s, e)` into K0. @param flags those of the words in it. */
export function readBare(s: usize, e: usize, flags: u32): u32 {
  clearRecord(K0);
  if (isCleanLine(s, e)) {
    if (!readKernelLine(K0, s, e)) return OTHER;
    if (mayBeMonotonic(load<u32>(K0, K_MSG), e)) return OTHER;
    const result = kernelMarks(K0, flags);
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
