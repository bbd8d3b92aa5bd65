// The LZMA decoder behind LZMA2 chunks. The algorithm is that of the LZMA specification in the public domain.
import { repeat } from './lz4.ts';

const PROBABILITY_INIT = 1024;
const TOP = 2 ** 24;
const STATES = 12;
const POS_STATES_MAX = 16;
const MATCH_MIN = 2;
const LOW_SYMBOLS = 8;
const HIGH_SYMBOLS = 256;
const DISTANCE_SLOTS = 64;
const ALIGN_BITS = 4;

/** Damage in compressed bytes; caught by the callers in this folder. */
export class DamagedStream extends Error {}

class RangeDecoder {
  readonly #source: Buffer;
  #at = 0;
  #end = 0;
  #range = 0;
  #code = 0;

  constructor(source: Buffer) {
    this.#source = source;
  }

  start(at: number, end: number): void {
    if (end - at < 5 || end > this.#source.length) throw new DamagedStream('chunk is cut');
    this.#range = 0xffffffff;
    this.#code = this.#source.readUInt32BE(at + 1);
    this.#at = at + 5;
    this.#end = end;
  }

  #normalize(): void {
    if (this.#range >= TOP) return;
    if (this.#at >= this.#end) throw new DamagedStream('chunk ends early');
    this.#range = (this.#range << 8) >>> 0;
    this.#code = ((this.#code << 8) | (this.#source[this.#at++] as number)) >>> 0;
  }

  bit(probabilities: Uint16Array, index: number): number {
    this.#normalize();
    const probability = probabilities[index] as number;
    const bound = (this.#range >>> 11) * probability;
    if (this.#code < bound) {
      this.#range = bound;
      probabilities[index] = probability + ((2048 - probability) >> 5);
      return 0;
    }
    this.#range -= bound;
    this.#code -= bound;
    probabilities[index] = probability - (probability >> 5);
    return 1;
  }

  direct(bits: number): number {
    let value = 0;
    for (let i = 0; i < bits; i++) {
      this.#normalize();
      this.#range >>>= 1;
      const isOne = this.#code >= this.#range;
      if (isOne) this.#code -= this.#range;
      value = value * 2 + (isOne ? 1 : 0);
    }
    return value;
  }

  tree(probabilities: Uint16Array, from: number, bits: number): number {
    let node = 1;
    for (let i = 0; i < bits; i++) node = (node << 1) | this.bit(probabilities, from + node);
    return node - (1 << bits);
  }

  reverseTree(probabilities: Uint16Array, from: number, bits: number): number {
    let node = 1;
    let value = 0;
    for (let i = 0; i < bits; i++) {
      const bit = this.bit(probabilities, from + node);
      node = (node << 1) | bit;
      value |= bit << i;
    }
    return value;
  }
}

function fresh(length: number): Uint16Array {
  return new Uint16Array(length).fill(PROBABILITY_INIT);
}

class LengthDecoder {
  readonly #choice = fresh(2);
  readonly #low = fresh(POS_STATES_MAX * LOW_SYMBOLS);
  readonly #middle = fresh(POS_STATES_MAX * LOW_SYMBOLS);
  readonly #high = fresh(HIGH_SYMBOLS);

  decode(range: RangeDecoder, posState: number): number {
    if (range.bit(this.#choice, 0) === 0) return range.tree(this.#low, posState * LOW_SYMBOLS, 3);
    if (range.bit(this.#choice, 1) === 0) return LOW_SYMBOLS + range.tree(this.#middle, posState * LOW_SYMBOLS, 3);
    return 2 * LOW_SYMBOLS + range.tree(this.#high, 0, 8);
  }
}

/** All that a state reset sets back. */
class Model {
  readonly isMatch: Uint16Array = fresh(STATES * POS_STATES_MAX);
  readonly isRep: Uint16Array = fresh(STATES);
  readonly isRep0: Uint16Array = fresh(STATES);
  readonly isRep1: Uint16Array = fresh(STATES);
  readonly isRep2: Uint16Array = fresh(STATES);
  readonly isRep0Long: Uint16Array = fresh(STATES * POS_STATES_MAX);
  readonly slots: Uint16Array = fresh(4 * DISTANCE_SLOTS);
  readonly special: Uint16Array = fresh(128);
  readonly align: Uint16Array = fresh(1 << ALIGN_BITS);
  readonly lengths: LengthDecoder = new LengthDecoder();
  readonly repLengths: LengthDecoder = new LengthDecoder();
  readonly literals: Uint16Array;
  state = 0;
  readonly reps: [number, number, number, number] = [0, 0, 0, 0];

  constructor(literalBits: number) {
    this.literals = fresh(0x300 << literalBits);
  }
}

/** Decodes the LZMA chunks of one LZMA2 stream into one target. */
export class LzmaDecoder {
  readonly #range: RangeDecoder;
  readonly #target: Buffer;
  #lc = 0;
  #lp = 0;
  #pb = 0;
  #model = new Model(0);
  /** Bytes written. */
  out = 0;

  constructor(source: Buffer, target: Buffer) {
    this.#range = new RangeDecoder(source);
    this.#target = target;
  }

  /** @param properties (pb × 5 + lp) × 9 + lc. */
  setProperties(properties: number): void {
    this.#lc = properties % 9;
    this.#lp = Math.floor(properties / 9) % 5;
    this.#pb = Math.floor(properties / 45);
    if (this.#pb > 4 || this.#lc + this.#lp > 4) throw new DamagedStream('impossible properties');
  }

  resetState(): void {
    this.#model = new Model(this.#lc + this.#lp);
  }

  /** Decodes one chunk: compressed bytes `[at, end)` of the source, `bytes` of them uncompressed. */
  chunk(at: number, end: number, bytes: number): void {
    const until = this.out + bytes;
    if (until > this.#target.length) throw new DamagedStream('chunk does not fit');
    this.#range.start(at, end);
    while (this.out < until) this.#packet(until);
  }

  #packet(until: number): void {
    const model = this.#model;
    const posState = this.out & ((1 << this.#pb) - 1);
    if (this.#range.bit(model.isMatch, model.state * POS_STATES_MAX + posState) === 0) {
      this.#literal();
      return;
    }
    const length = this.#range.bit(model.isRep, model.state) === 0 ? this.#match(posState) : this.#repeated(posState);
    const distance = model.reps[0] + 1;
    if (distance > this.out || this.out + length > until) throw new DamagedStream('match lies outside');
    this.out = repeat(this.#target, this.out, distance, length);
  }

  #literal(): void {
    const model = this.#model;
    const { literals, reps } = model;
    const before = this.out > 0 ? (this.#target[this.out - 1] as number) : 0;
    const context = ((this.out & ((1 << this.#lp) - 1)) << this.#lc) + (before >> (8 - this.#lc));
    const from = 0x300 * context;
    let symbol = 1;
    if (model.state >= 7) {
      let matched = this.#target[this.out - reps[0] - 1] ?? 0;
      do {
        const matchBit = (matched >> 7) & 1;
        matched <<= 1;
        const bit = this.#range.bit(literals, from + ((1 + matchBit) << 8) + symbol);
        symbol = (symbol << 1) | bit;
        if (matchBit !== bit) break;
      } while (symbol < 0x100);
    }
    while (symbol < 0x100) symbol = (symbol << 1) | this.#range.bit(literals, from + symbol);
    this.#target[this.out++] = symbol & 0xff;
    model.state = model.state < 4 ? 0 : model.state < 10 ? model.state - 3 : model.state - 6;
  }

  #match(posState: number): number {
    const model = this.#model;
    const { reps } = model;
    const length = MATCH_MIN + model.lengths.decode(this.#range, posState);
    reps[3] = reps[2];
    reps[2] = reps[1];
    reps[1] = reps[0];
    reps[0] = this.#distance(Math.min(length - MATCH_MIN, 3));
    model.state = model.state < 7 ? 7 : 10;
    return length;
  }

  #distance(lengthState: number): number {
    const { slots, special, align } = this.#model;
    const slot = this.#range.tree(slots, lengthState * DISTANCE_SLOTS, 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const base = (2 | (slot & 1)) * 2 ** bits;
    if (slot < 14) return base + this.#range.reverseTree(special, base - slot, bits);
    const high = this.#range.direct(bits - ALIGN_BITS) * (1 << ALIGN_BITS);
    return base + high + this.#range.reverseTree(align, 0, ALIGN_BITS);
  }

  #repeated(posState: number): number {
    const model = this.#model;
    const { state } = model;
    if (this.#range.bit(model.isRep0, state) === 0) {
      if (this.#range.bit(model.isRep0Long, state * POS_STATES_MAX + posState) === 0) {
        model.state = state < 7 ? 9 : 11;
        return 1;
      }
    } else this.#rotateReps();
    model.state = state < 7 ? 8 : 11;
    return MATCH_MIN + model.repLengths.decode(this.#range, posState);
  }

  #rotateReps(): void {
    const { reps, isRep1, isRep2, state } = this.#model;
    const [first, second, third, fourth] = reps;
    reps[1] = first;
    if (this.#range.bit(isRep1, state) === 0) {
      reps[0] = second;
      return;
    }
    reps[2] = second;
    if (this.#range.bit(isRep2, state) === 0) {
      reps[0] = third;
      return;
    }
    reps[3] = third;
    reps[0] = fourth;
  }
}
