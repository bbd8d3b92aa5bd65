// The fast road for records that a parser has read: those of the Go runtime that are whole, hold no secrets and need nothing
// joined are understood where they lie (formats/scan/assembly/kata.ts). What it is told for that is told here.
import { firstSpan, LIVE, S_END, S_START, SPAN_BYTES, type Tape, W_SPANS, W_STATUS } from '../../core/tape.ts';
import type { KataMemory } from '../memory.ts';
import { prepareWords } from './caution.ts';
import { Facts, type FastHost, keyUse } from './facts.ts';
import { prepareFragments } from './fragments.ts';

// ---- why it stopped
const DONE = 0;
const OTHER = 1;
const WANTS_USE = 2;
const WANTS_FACTS = 3;
const WANTS_TEMPLATE = 4;
const WANTS_POD = 5;

// ---- what there is to learn: four words each
const LESSON_WORDS = 4;
const LESSONS_BYTES = 64 << 10;
const PROCESS = 1;
const CONTAINER = 2;

/** Three words a record: its address, start and end of its object. */
const RESULT_BYTES = 12;
const ROOM_BYTES = 256 << 10;
const OWNERS_MAX = 65_535;

/** What all roads of one thread share. */
interface Shared {
  owners: number;
  /** Whose generation it is. */
  last: number;
  generation: number;
}

const sharedOf = new WeakMap<FastHost['arena'], Shared>();

export interface FastSettings {
  readonly memory: KataMemory;
  /** What a parser put in front of the names that Kata wrote. */
  readonly prefix: string;
  readonly redacts: boolean;
}

/** Takes a record that the fast road leaves alone; whether from now on nothing is held. */
export type TakeOther = (record: number) => boolean;

export class FastRecords {
  readonly #host: FastHost;
  readonly #settings: FastSettings;
  readonly #facts: Facts;
  readonly #shared: Shared;
  readonly #owner: number;
  #names = new Map<number, string>();
  #epoch = -1;
  #lessons = 0;

  constructor(host: FastHost, settings: FastSettings) {
    this.#host = host;
    this.#settings = settings;
    this.#facts = new Facts(host);
    this.#shared = sharedOf.get(host.arena) ?? prepared(host);
    this.#owner = ++this.#shared.owners;
  }

  /**
   * Goes through the LIVE records of a tape in their order.
   * @returns address of a list of (record, start, end of its object) words, and its end.
   */
  understand(tape: Tape, takeOther: TakeOther): { readonly start: number; readonly end: number } {
    const { kata } = this.#host;
    const start = this.#begin(tape);
    let record = tape.start;
    // A key's use is kept with the number of its owner, two bytes.
    while (record < tape.end && this.#owner > OWNERS_MAX) record = this.#takeOthers(record, tape.end, takeOther);
    while (record < tape.end) {
      record = kata.understand(record, tape.end);
      this.#learn();
      const reason = kata.stopReason();
      if (reason === DONE) break;
      if (reason !== OTHER && this.#tell(reason)) continue;
      record = this.#takeOthers(record, tape.end, takeOther);
    }
    return { start, end: kata.resultsEnd() };
  }

  /** Takes room on the heap for everything that the tape may need. */
  #begin(tape: Tape): number {
    const { arena, kata, keys } = this.#host;
    const { memory, redacts } = this.#settings;
    if (keys.epoch !== this.#epoch) this.#names = new Map();
    this.#epoch = keys.epoch;
    if (this.#shared.last !== this.#owner) this.#newGeneration();
    this.#shared.last = this.#owner;
    const results = arena.alloc(tape.count * RESULT_BYTES);
    this.#lessons = arena.alloc(LESSONS_BYTES);
    // Texts are unescaped, each once.
    kata.setScratch(arena.alloc(bytesOf(arena.i32, tape)));
    kata.beginKata(this.#owner, redacts, results, this.#lessons, this.#lessons + LESSONS_BYTES);
    kata.setLearnsKernel(memory.vocabulary.learnsKernel);
    this.#makeRoom(ROOM_BYTES);
    return results;
  }

  #makeRoom(bytes: number): void {
    const { arena, kata } = this.#host;
    const room = Math.max(bytes, ROOM_BYTES);
    const start = arena.alloc(room);
    kata.setKataRoom(start, start + room);
  }

  #newGeneration(): void {
    this.#shared.generation = this.#host.kata.newGeneration();
  }

  /** Tells what is wanted; false: it cannot be told, the record is one for the plain road. */
  #tell(reason: number): boolean {
    const { kata, keys } = this.#host;
    const { memory, prefix } = this.#settings;
    if (reason === WANTS_USE) {
      const key = kata.wantedUse();
      const name = keys.name(key);
      kata.setUse(key, this.#owner, keyUse(name, name.startsWith(prefix) ? name.slice(prefix.length) : name));
      return true;
    }
    const facts = kata.wantedFacts();
    if (reason === WANTS_FACTS) return facts !== 0 && this.#facts.write(facts);
    if (reason === WANTS_TEMPLATE) return this.#facts.writeTemplate(facts);
    if (reason === WANTS_POD)
      return this.#facts.writePod(facts, memory.podJson(this.#facts.text(facts)), this.#shared.generation);
    this.#makeRoom(kata.kataRoomWanted());
    return true;
  }

  /** Gives records to the plain road, from `record` on as long as that one holds anything; the next record. */
  #takeOthers(record: number, until: number, takeOther: TakeOther): number {
    const { arena } = this.#host;
    const { memory } = this.#settings;
    const { changes } = memory;
    let at = record;
    for (let isIdle = false; at < until && !isIdle; at += arena.i32[at >> 2] as number) {
      if (arena.i32[(at >> 2) + W_STATUS] === LIVE) isIdle = takeOther(at);
    }
    if (memory.changes !== changes) this.#newGeneration();
    return at;
  }

  /** What the records say of whose processes and containers there are, in their order. */
  #learn(): void {
    const { arena, kata } = this.#host;
    const { memory } = this.#settings;
    const { changes } = memory;
    const end = kata.takeLearned() >> 2;
    const { i32 } = arena;
    for (let at = this.#lessons >> 2; at < end; at += LESSON_WORDS) {
      const [kind, first, second] = [i32[at], i32[at + 1] as number, i32[at + 2] as number];
      if (kind === PROCESS) memory.learnProcess('', first, this.#name(second));
      else if (kind === CONTAINER) memory.learnContainer(this.#name(first), this.#name(second));
      else memory.vocabulary.learnKernel(arena.u8.toString('utf8', first, second));
    }
    if (memory.changes !== changes) this.#newGeneration();
  }

  #name(facts: number): string {
    const known = this.#names.get(facts);
    if (known !== undefined) return known;
    const name = this.#facts.text(facts);
    this.#names.set(facts, name);
    return name;
  }
}

/** Bytes that the unescaped values of a tape may take. */
function bytesOf(i32: Int32Array, tape: Tape): number {
  let bytes = 0;
  for (let record = tape.start; record < tape.end; record += i32[record >> 2] as number) {
    const first = firstSpan(record);
    const end = first + (i32[(record >> 2) + W_SPANS] as number) * (SPAN_BYTES >> 2);
    for (let span = first; span < end; span += SPAN_BYTES >> 2)
      bytes += (i32[span + S_END] as number) - (i32[span + S_START] as number) + 1;
  }
  return bytes;
}

function prepared(host: FastHost): Shared {
  const shared: Shared = { owners: 0, last: 0, generation: 0 };
  sharedOf.set(host.arena, shared);
  prepareWords(host.arena, host.kata);
  prepareFragments(host.arena, host.kata);
  return shared;
}
