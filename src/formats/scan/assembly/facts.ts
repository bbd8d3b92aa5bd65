// What is known of texts that come again and again (names, ids, messages): found out once, in TypeScript, and kept with the
// interned text, as long as the key table is not reset.
import { equalBytes } from './bytes';
import { internScanned, N_FACTS, N_OWNER, N_TEXT, N_TEXT_BYTES, N_USE, nodeOf } from './keys';
import { FACTS, FACTS_END } from './layout';

// ---- facts of a text; F_… are byte offsets
export const F_FLAGS: usize = 0;
export const F_LEVEL: usize = 4;
export const F_COMPONENT: usize = 8;
export const F_HYPERVISOR: usize = 12;
/** `,"phase":…,"event":…` of a message. */
export const F_MARK: usize = 16;
export const F_MARK_END: usize = 20;
/** `,"template":"…"` of a message; 0 = not made yet. */
export const F_TEMPLATE: usize = 24;
export const F_TEMPLATE_END: usize = 28;
/** `,"pod":"…","namespace":"…"` of a sandbox, valid in its generation. */
export const F_POD: usize = 32;
export const F_POD_END: usize = 36;
export const F_POD_GENERATION: usize = 40;
/** The facts of the sandbox of a container, valid in its generation; of the one that a command line names. */
export const F_SANDBOX: usize = 44;
export const F_SANDBOX_GENERATION: usize = 48;
/** Facts of the container that a message names; of what it says that runs in it, 0 = nothing. */
export const F_CONTAINER: usize = 44;
export const F_EXEC: usize = 48;
export const F_NODE: usize = 52;
/** Of a sandbox: when something of its console is held, see kata-state.ts. */
export const F_HELD: usize = 56;
export const F_BYTES: usize = 64;

let top: usize = FACTS;
/** Texts whose facts somebody has to write. */
let wanted: usize = 0;

/** The facts that the last caller missed. */
export function wantedFacts(): usize {
  return wanted;
}

/** Forgets all facts, with the keys. */
export function resetFacts(): void {
  top = FACTS;
  memory.fill(RECENT, 0, RECENT_BYTES);
}

/** Whether the next block may not have enough room. */
export function factsCrowded(): bool {
  return top > FACTS + (FACTS_END - FACTS) / 2;
}

/** Room for text that facts refer to; 0 = none is left. */
export function factsRoom(bytes: u32): usize {
  const start = top;
  const end = start + ((bytes + 15) & ~15);
  if (end + 64 > FACTS_END) return 0;
  top = end;
  return start;
}

/** The facts of the text `[s, e)`; 0 where there is no room. New ones have flags 0: somebody must write them. */
export function factsOf(s: usize, e: usize): usize {
  const node = internScanned(s, <u32>(e - s));
  if (node == 0) return 0;
  const known: usize = load<u32>(node, N_FACTS);
  if (known != 0) return known;
  const facts = factsRoom(<u32>F_BYTES);
  if (facts == 0) return 0;
  memory.fill(facts, 0, F_BYTES);
  store<u32>(facts, <u32>node, F_NODE);
  store<u32>(node, <u32>facts, N_FACTS);
  return facts;
}

/** Facts that were found last, by what the text is used for and by some of its bytes: the same ones come again and again. */
const RECENT: usize = memory.data(1024, 16);
const RECENT_BYTES: usize = 1024;
const RECENT_USES: u32 = 31;

/** As factsOf, of a text of that use. */
export function factsFor(use: u32, s: usize, e: usize): usize {
  const bytes = <u32>(e - s);
  const sample: u32 = load<u8>(s) ^ load<u8>(s + (bytes >> 1)) ^ bytes;
  const slot = RECENT + <usize>((((use & RECENT_USES) << 3) | (sample & 7)) << 2);
  const recent: usize = load<u32>(slot);
  if (recent != 0 && factsTextBytes(recent) == bytes && equalBytes(factsText(recent), s, bytes)) return recent;
  const facts = factsOf(s, e);
  store<u32>(slot, <u32>facts);
  return facts;
}

/** Notes that somebody must write these facts. */
export function wantFacts(facts: usize): void {
  wanted = facts;
}

export function factsText(facts: usize): usize {
  return load<u32>(load<u32>(facts, F_NODE), N_TEXT);
}

export function factsTextBytes(facts: usize): u32 {
  return load<u32>(load<u32>(facts, F_NODE), N_TEXT_BYTES);
}

// ---- uses of keys: what a pair of that name means to one owner

/** The use that the owner has for a key, 0 = not said yet. */
export function keyUse(key: i32, owner: u32): u32 {
  const node = nodeOf(key);
  return load<u16>(node, N_OWNER) == owner ? load<u8>(node, N_USE) : 0;
}

export function setUse(key: i32, owner: u32, use: u32): void {
  const node = nodeOf(key);
  store<u16>(node, owner, N_OWNER);
  store<u8>(node, use, N_USE);
}
