// One entry as a line of JSON: its head, then its fields as `,"NAME":"value"`, from kept texts or from what is stored.
import { copyOver } from '../../scan/assembly/bytes';
import { writeHead } from './head';
import { findKept, forgetKept, keep, makeRoom } from './kept';
import { ITEMS, NAMES_MAX, OUT, PAYLOAD, SEEN } from './layout';

/** Answers in place of a count: a name came a second time; there is no room; a text that is not plain. */
const TWICE: i32 = -1;
const NO_ROOM: i32 = -2;
const NOT_PLAIN: i32 = -3;

/** Room that an entry's head takes at most, and its end. */
const HEAD_BYTES: usize = 1024;

let at: usize = OUT;
let limit: usize = OUT;
let file: u64 = 0;
let entry: u32 = 0;

/** Where the next byte goes. */
export function top(): usize {
  return at;
}

export function setTop(address: usize): void {
  at = address;
}

/** Nothing is written beyond it, but for 16 bytes. */
export function setLimit(address: usize): void {
  limit = address;
}

/** Throws away what was kept. Names may have other numbers from now on. */
export function forget(): void {
  forgetKept();
  memory.fill(SEEN, 0, NAMES_MAX * 4);
  entry = 0;
}

/** Begins a line of an entry whose head lies at HEAD and whose items lie at ITEMS; 0 where there is no room. */
export function begin(fileNumber: u32): i32 {
  if (at + HEAD_BYTES > limit) return NO_ROOM;
  makeRoom();
  file = (<u64>fileNumber) << 32;
  entry++;
  at = writeHead(at);
  return 0;
}

/** Whether the present entry has had the name; notes that it has. */
function isTwice(name: u32): bool {
  const seen = SEEN + ((<usize>name) << 2);
  if (load<u32>(seen) == entry) return true;
  store<u32>(seen, entry);
  return false;
}

/** Copies kept fields of the items from `from` on; the first item that is not kept, `count`, TWICE or NO_ROOM. */
export function copyKept(from: i32, count: i32): i32 {
  for (let i = from; i < count; i++) {
    const node = findKept(file | load<u32>(ITEMS + ((<usize>i) << 2)));
    if (node == 0) return i;
    const bytes: usize = load<u32>(node);
    if (bytes == 0) continue;
    if (isTwice(load<u32>(node, 4))) return TWICE;
    if (at + bytes + HEAD_BYTES > limit) return NO_ROOM;
    copyOver(node + 16, node + 16 + bytes, at);
    at += bytes;
  }
  return count;
}

/** Bit i = byte i of a value is not one that stands for itself in JSON and is printable ASCII. */
function specialMask(v: v128): u32 {
  // As signed numbers, bytes from 0x80 on are below 32 too.
  const low = i8x16.lt_s(v, i8x16.splat(32));
  const marks = v128.or(i8x16.eq(v, i8x16.splat(34)), i8x16.eq(v, i8x16.splat(92)));
  return i8x16.bitmask(v128.or(v128.or(low, marks), i8x16.eq(v, i8x16.splat(127))));
}

/** Writes printable ASCII, line feeds and tabulators as the inside of a JSON string; 0 where there is anything else. */
function writePlain(s: usize, e: usize, out: usize): usize {
  while (s < e) {
    const v = v128.load(s);
    v128.store(out, v);
    const left = e - s;
    const mask = specialMask(v);
    const run: usize = mask == 0 ? 16 : ctz(mask);
    if (run >= left) return out + left;
    s += run;
    out += run;
    if (run == 16) continue;
    const c: u32 = load<u8>(s++);
    let letter = c;
    if (c == 10) letter = 110;
    else if (c == 9) letter = 116;
    else if (c != 34 && c != 92) return 0;
    store<u16>(out, 92 | (letter << 8));
    out += 2;
  }
  return out;
}

/**
 * Adds the field `NAME=value` of `bytes` bytes at PAYLOAD, and keeps it if `item` is not 0.
 * @returns 0, TWICE, NO_ROOM or NOT_PLAIN
 */
export function addField(item: u32, name: u32, nameBytes: u32, bytes: u32): i32 {
  if (at + <usize>bytes * 2 + HEAD_BYTES > limit) return NO_ROOM;
  const value = at + nameBytes + 5;
  const end = writePlain(PAYLOAD + nameBytes + 1, PAYLOAD + bytes, value);
  if (end == 0) return NOT_PLAIN;
  if (isTwice(name)) return TWICE;
  store<u16>(at, 0x222c);
  memory.copy(at + 2, PAYLOAD, nameBytes);
  store<u8>(at + nameBytes + 2, 34);
  store<u16>(at + nameBytes + 3, 0x223a);
  store<u8>(end, 34);
  return added(item, name, end + 1);
}

/** As addField, for the finished text at PAYLOAD; without any text the field is left out. */
export function addText(item: u32, name: u32, bytes: u32): i32 {
  if (at + bytes + HEAD_BYTES > limit) return NO_ROOM;
  if (bytes > 0 && isTwice(name)) return TWICE;
  memory.copy(at, PAYLOAD, bytes);
  return added(item, name, at + bytes);
}

function added(item: u32, name: u32, end: usize): i32 {
  if (item != 0) keep(file | item, name, at, <u32>(end - at));
  at = end;
  return 0;
}

/** Ends the line; where the next one begins. */
export function finish(): usize {
  store<u16>(at, 0x0a7d);
  at += 2;
  return at;
}
