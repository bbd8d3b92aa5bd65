// Kinds of damage as disks, file systems and bugs make them.
import type { Range } from './damage.ts';

/** Numbers 0 … n-1. */
export type Dice = (n: number) => number;

export interface Damaged {
  readonly bytes: Buffer;
  readonly damage: readonly Range[];
}

const BLOCK = 4096;
const HEADER_NUMBERS = [88, 96, 104, 112, 120, 128, 136, 144, 152, 160, 168, 176, 184, 192, 200, 208, 216, 224, 232];
const HEADER_WORDS = [8, 12, 256, 260];

function wrongNumber(bytes: Buffer, dice: Dice): bigint {
  const within = BigInt(dice(bytes.length));
  const choices = [0n, 1n, 2n ** 63n, 2n ** 64n - 1n, BigInt(bytes.length) * 8n, within, within & ~7n];
  return choices[dice(choices.length)] as bigint;
}

/** Offsets of objects of a type, by a walk. */
function objectsOf(bytes: Buffer, type: number): number[] {
  const found: number[] = [];
  for (let at = bytes.readUInt32LE(88); at + 16 <= bytes.length; ) {
    const size = bytes.readUInt32LE(at + 8);
    if (size < 16) break;
    if (bytes[at] === type) found.push(at);
    at += Math.ceil(size / 8) * 8;
  }
  return found;
}

function withNumber(good: Buffer, at: number, dice: Dice): Damaged {
  const bytes = Buffer.from(good);
  bytes.writeBigUInt64LE(wrongNumber(good, dice), at);
  return { bytes, damage: [[at, at + 8]] };
}

function fill(good: Buffer, dice: Dice, byte: number): Damaged {
  const bytes = Buffer.from(good);
  const blocks = Math.floor(good.length / BLOCK);
  const from = (1 + dice(Math.max(1, blocks - 1))) * BLOCK;
  const until = Math.min(good.length, from + BLOCK * (1 + dice(4)));
  bytes.fill(byte, from, until);
  return { bytes, damage: [[from, until]] };
}

function swapBlocks(good: Buffer, dice: Dice): Damaged {
  const bytes = Buffer.from(good);
  const blocks = Math.floor(good.length / BLOCK);
  const [a, b] = [1 + dice(blocks - 1), 1 + dice(blocks - 1)].map((block) => block * BLOCK) as [number, number];
  good.copy(bytes, a, b, b + BLOCK);
  good.copy(bytes, b, a, a + BLOCK);
  return { bytes, damage: [a, b].map((from) => [from, from + BLOCK] as const) };
}

function inObject(type: number, fields: readonly number[]) {
  return (good: Buffer, dice: Dice): Damaged => {
    const objects = objectsOf(good, type);
    const object = objects[dice(Math.max(1, objects.length))];
    if (object === undefined) return { bytes: good, damage: [] };
    return withNumber(good, object + (fields[dice(fields.length)] as number), dice);
  };
}

/** A pointer that leads back to its own object or to an earlier one. */
function loop(type: number, at: number) {
  return (good: Buffer, dice: Dice): Damaged => {
    const objects = objectsOf(good, type);
    const object = dice(Math.max(1, objects.length));
    if (objects.length === 0) return { bytes: good, damage: [] };
    const bytes = Buffer.from(good);
    const place = (objects[object] as number) + at;
    bytes.writeBigUInt64LE(BigInt(objects[dice(object + 1)] as number), place);
    return { bytes, damage: [[place, place + 8]] };
  };
}

export const KINDS: Readonly<Record<string, (good: Buffer, dice: Dice) => Damaged>> = {
  truncated: (good, dice) => {
    const end = dice(good.length);
    return { bytes: Buffer.from(good.subarray(0, end)), damage: [[end, Number.POSITIVE_INFINITY]] };
  },
  zeroed: (good, dice) => fill(good, dice, 0),
  'filled with ones': (good, dice) => fill(good, dice, 0xff),
  'blocks swapped': swapBlocks,
  'a number of the header': (good, dice) =>
    withNumber(good, HEADER_NUMBERS[dice(HEADER_NUMBERS.length)] as number, dice),
  'a flag or a short number of the header': (good, dice) => {
    const bytes = Buffer.from(good);
    const at = HEADER_WORDS[dice(HEADER_WORDS.length)] as number;
    const bit = at < 16 ? 1 << dice(8) : dice(2 ** 31);
    bytes.writeUInt32LE((bytes.readUInt32LE(at) ^ bit) >>> 0, at);
    return { bytes, damage: [[at, at + 4]] };
  },
  'zeroed header': (good) => {
    const bytes = Buffer.from(good);
    bytes.fill(0, 0, good.readUInt32LE(88));
    return { bytes, damage: [[0, good.readUInt32LE(88)]] };
  },
  'size of a data object': inObject(1, [8]),
  'pointer of a data object': inObject(1, [24, 32, 40, 48, 56, 64]),
  'size of an entry': inObject(3, [8]),
  'size or item of an entry array': inObject(6, [8, 24, 32, 40]),
  'arrays in a circle': loop(6, 16),
  'hash chain in a circle': loop(1, 24),
  'fields in a circle': loop(1, 32),
};
