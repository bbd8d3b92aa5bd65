// Fields that more than one entry has, as finished text, by file and data object.
import { NODES, NODES_END, SLOT_BYTES, SLOTS, SLOTS_COUNT } from './layout';

const MASK: u32 = SLOTS_COUNT - 1;
/** More fields than this are thrown away together. */
const KEPT_MAX: u32 = (SLOTS_COUNT >> 2) * 3;

let kept: u32 = 0;
let nodesTop: usize = NODES;

function slotOf(key: u64): usize {
  // 2^32 divided by the golden ratio: spreads neighbouring keys.
  let slot: u32 = ((<u32>key * 0x9e3779b1 + <u32>(key >> 32) * 0x85ebca6b) >> 12) & MASK;
  while (true) {
    const at = SLOTS + <usize>slot * SLOT_BYTES;
    const found = load<u64>(at);
    if (found == key || found == 0) return at;
    slot = (slot + 1) & MASK;
  }
}

/** The node of a field, or 0. `key` is the data object's item in the low half, the file's number (from 1 on) in the high. */
export function findKept(key: u64): usize {
  return load<u32>(slotOf(key), 8);
}

/** Whether a field could not be kept for want of room. */
let isCrowded: bool = false;

/** Keeps a text while there is room. */
export function keep(key: u64, name: u32, text: usize, bytes: u32): void {
  const end = (nodesTop + 16 + bytes + 15) & ~15;
  isCrowded = end > NODES_END || kept >= KEPT_MAX;
  if (isCrowded) return;
  store<u32>(nodesTop, bytes);
  store<u32>(nodesTop, name, 4);
  memory.copy(nodesTop + 16, text, bytes);
  const slot = slotOf(key);
  store<u64>(slot, key);
  store<u32>(slot, <u32>nodesTop, 8);
  nodesTop = end;
  kept++;
}

/** Throws everything away once there was no room. */
export function makeRoom(): void {
  if (isCrowded) forgetKept();
}

export function forgetKept(): void {
  memory.fill(SLOTS, 0, SLOTS_COUNT * SLOT_BYTES);
  kept = 0;
  nodesTop = NODES;
  isCrowded = false;
}
