// Names of fields, interned: a dense id each, and a node with everything that scanners and emitters need of it.
//
// A node also remembers which two keys followed it last. Log records repeat their key sequence, so a scanner first
// compares the source with those keys' tokens, and hashes only when both guesses were wrong.
// biome-ignore-all lint/correctness/noPrecisionLoss: integers of AssemblyScript have 64 bits.
import { equalBytes } from './bytes';
import { factsCrowded, resetFacts } from './facts';
import { KEYS_HASH, KEYS_HASH_SLOTS, KEYS_MAX, KEYS_NODES, KEYS_TEXT, KEYS_TEXT_END } from './layout';
import { writeEscapedKey } from './strings';

// ---- node
/** Bytes of the token `"key":`. */
export const N_TOKEN_BYTES: usize = 0;
/** The node of the key that followed last, 0 at first. */
export const N_NEXT: usize = 4;
/** The node of the key that followed before N_NEXT did. */
export const N_OTHER: usize = 8;
/** Where the span of this key was written last; see spanOfKey. */
export const N_SPAN: usize = 12;
export const N_ID: usize = 16;
/** Bit i = byte i of the token counts in a comparison of 32 bytes. */
export const N_MASK: usize = 20;
/** Address and bytes of the name itself. */
export const N_TEXT: usize = 24;
export const N_TEXT_BYTES: usize = 28;
/** 1 when the name can stand in logfmt as it is, and in JSON without escapes. */
export const N_PLAIN: usize = 32;
/** Facts of the text (facts.ts), 0 = none yet; the use that one owner has for it as a key. */
export const N_FACTS: usize = 36;
export const N_OWNER: usize = 40;
export const N_USE: usize = 42;
/** A comma, directly before the token: emitters copy both at once. */
export const N_COMMA: usize = 47;
export const N_TOKEN: usize = 48;

/** Stands before the first key of a record; only its N_NEXT and N_OTHER are used. */
export const ROOT: usize = memory.data(32, 16);

const EQUALS: u32 = 61;

let seed: u64 = 0;
let count: u32 = 0;
let textTop: usize = KEYS_TEXT;
let pinnedCount: u32 = 0;
let pinnedTop: usize = KEYS_TEXT;

/** Makes the hash unpredictable for those who write the logs: nobody can fill one chain of the table on purpose. */
export function seedKeys(value: u64): void {
  seed = value;
}

export function keyCount(): u32 {
  return count;
}

export function nodeOf(id: u32): usize {
  return load<u32>(KEYS_NODES + (id << 2));
}

function mix(hash: u64): u64 {
  hash *= 0xd6e8feb86659fd93;
  return hash ^ (hash >> 32);
}

/** A hash of the text, of its kind. */
export function hashText(text: usize, bytes: u32, kind: u64): u64 {
  let hash = mix(seed ^ bytes ^ (kind << 32));
  let rest = bytes;
  for (; rest >= 8; rest -= 8, text += 8) hash = mix(hash ^ load<u64>(text));
  if (rest != 0) hash = mix(hash ^ (load<u64>(text) << ((8 - rest) << 3)));
  return mix(hash);
}

function hashOf(text: usize, bytes: u32): u32 {
  return <u32>hashText(text, bytes, 0);
}

/** The slot that holds the key, or the empty one where it belongs. */
function slotOf(text: usize, bytes: u32): usize {
  let slot = hashOf(text, bytes) & (KEYS_HASH_SLOTS - 1);
  while (true) {
    const address = KEYS_HASH + (slot << 2);
    const entry = load<u32>(address);
    if (entry == 0) return address;
    const node = nodeOf(entry - 1);
    if (load<u32>(node, N_TEXT_BYTES) == bytes && equalBytes(load<u32>(node, N_TEXT), text, bytes)) return address;
    slot = (slot + 1) & (KEYS_HASH_SLOTS - 1);
  }
}

function fitsLogfmt(text: usize, bytes: u32): bool {
  for (let i: u32 = 0; i < bytes; i++) {
    const c: u32 = load<u8>(text + i);
    if (c <= 32 || c == EQUALS) return false;
  }
  return bytes != 0;
}

function makeNode(text: usize, bytes: u32): usize {
  const node = textTop;
  const token = node + N_TOKEN;
  store<u8>(node, 44, N_COMMA);
  store<u8>(token, 34);
  const escapedEnd = writeEscapedKey(text, text + bytes, token + 1);
  store<u16>(escapedEnd, 0x3a22);
  const tokenBytes = <u32>(escapedEnd + 2 - token);
  const literal = tokenBytes == bytes + 3;
  let name = token + 1;
  let end = token + tokenBytes;
  if (!literal) {
    memory.copy(end, text, bytes);
    name = end;
    end += bytes;
  }
  store<u32>(node, tokenBytes, N_TOKEN_BYTES);
  store<u32>(node, 0, N_NEXT);
  store<u32>(node, 0, N_OTHER);
  store<u32>(node, 0, N_SPAN);
  store<u32>(node, 0, N_FACTS);
  store<u32>(node, 0, N_OWNER);
  store<u32>(node, tokenBytes >= 32 ? 0xffffffff : (1 << tokenBytes) - 1, N_MASK);
  store<u32>(node, name, N_TEXT);
  store<u32>(node, bytes, N_TEXT_BYTES);
  store<u8>(node, literal && fitsLogfmt(text, bytes) ? 1 : 0, N_PLAIN);
  textTop = (end + 15) & ~15;
  return node;
}

/** The node of the name `[text, text + bytes)`, made if need be; 0 when ids or text are used up to `maxKeys`, `maxTop`. */
function intern(text: usize, bytes: u32, maxKeys: u32, maxTop: usize): usize {
  const slot = slotOf(text, bytes);
  const entry = load<u32>(slot);
  if (entry != 0) return nodeOf(entry - 1);
  // The token takes up to six bytes per byte of the name, the name itself may follow.
  if (count >= maxKeys || textTop + N_TOKEN + bytes * 7 + 64 > maxTop) return 0;
  const node = makeNode(text, bytes);
  store<u32>(node, count, N_ID);
  store<u32>(KEYS_NODES + (count << 2), <u32>node);
  store<u32>(slot, ++count);
  return node;
}

/** For scanners. A quarter of the table stays free for the names that settings derive from these (`kata_` + name). */
export function internScanned(text: usize, bytes: u32): usize {
  return intern(text, bytes, (KEYS_MAX / 4) * 3, KEYS_TEXT_END - (KEYS_TEXT_END - KEYS_TEXT) / 4);
}

/** For settings; the id, or -1 when the table is full. */
export function internKey(text: usize, bytes: u32): i32 {
  const node = intern(text, bytes, KEYS_MAX, KEYS_TEXT_END);
  return node == 0 ? -1 : load<i32>(node, N_ID);
}

/** Every key that there is now stays. */
export function pinKeys(): void {
  pinnedCount = count;
  pinnedTop = textTop;
}

/** Whether the next block may not have enough room for its keys. */
export function keysCrowded(): bool {
  if (count == pinnedCount) return false;
  return factsCrowded() || count > KEYS_MAX / 2 || textTop > KEYS_TEXT + (KEYS_TEXT_END - KEYS_TEXT) / 2;
}

/** Forgets every key that is not pinned. */
export function resetKeys(): void {
  count = pinnedCount;
  resetFacts();
  textTop = pinnedTop;
  memory.fill(KEYS_HASH, 0, KEYS_HASH_SLOTS * 4);
  for (let id: u32 = 0; id < count; id++) {
    const node = nodeOf(id);
    store<u32>(node, 0, N_NEXT);
    store<u32>(node, 0, N_OTHER);
    store<u32>(node, 0, N_FACTS);
    store<u32>(slotOf(load<u32>(node, N_TEXT), load<u32>(node, N_TEXT_BYTES)), id + 1);
  }
  store<u32>(ROOT, 0, N_NEXT);
  store<u32>(ROOT, 0, N_OTHER);
}

/** Remembers that `next` followed `node`, where N_NEXT said another: the two never become the same. */
export function setNext(node: usize, next: usize): void {
  store<u32>(node, load<u32>(node, N_NEXT), N_OTHER);
  store<u32>(node, <u32>next, N_NEXT);
}

function longTokenAt(node: usize, p: usize, bytes: u32): bool {
  return equalBytes(p + 32, node + N_TOKEN + 32, bytes - 32);
}

/** Whether the source at `p` is this key's token, byte by byte. */
export function tokenAt(node: usize, p: usize): bool {
  const bytes = load<u32>(node, N_TOKEN_BYTES);
  let same: u32 = i8x16.bitmask(i8x16.eq(v128.load(p), v128.load(node, N_TOKEN)));
  if (bytes > 16) same |= i8x16.bitmask(i8x16.eq(v128.load(p, 16), v128.load(node, N_TOKEN + 16))) << 16;
  if ((~same & load<u32>(node, N_MASK)) != 0) return false;
  return bytes <= 32 || longTokenAt(node, p, bytes);
}

/** Whether the source at `p` is this name and an equals sign. */
export function nameAt(node: usize, p: usize): bool {
  const bytes = load<u32>(node, N_TEXT_BYTES);
  if (load<u8>(node, N_PLAIN) == 0) return false;
  // In this order, for the memory may end before a long name does.
  if (bytes > 16) return equalBytes(p, node + N_TOKEN + 1, bytes) && load<u8>(p + bytes) == EQUALS;
  if (load<u8>(p + bytes) != EQUALS) return false;
  const same: u32 = i8x16.bitmask(i8x16.eq(v128.load(p), v128.load(node, N_TOKEN + 1)));
  // The mask of the token has a bit for each byte of the name and three for its quotes and colon.
  return (~same & (load<u32>(node, N_MASK) >> 3)) == 0;
}

/**
 * Where the value of a key goes: to the span that the key already has in the record whose spans are `[first, end)`, so
 * that the last value wins at the place of the first, else to `end`.
 *
 * N_SPAN may be left from an earlier record: only the span itself tells, hence both tests.
 */
export function spanOfKey(node: usize, first: usize, end: usize): usize {
  const span: usize = load<u32>(node, N_SPAN);
  if (span - first < end - first && load<u32>(span) == load<u32>(node, N_ID)) return span;
  return end;
}
