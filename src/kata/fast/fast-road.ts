// What the scanner module has to be told to understand Kata's records, and what it teaches: the side of the fast road that is
// written in TypeScript (the other one: formats/scan/assembly/kata*.ts).

import { encodePhrases, KATA_BLANK_KEYS } from '../../formats/scan/blank-keys.ts';
import { type Marker, markerOf } from '../lifecycle.ts';
import type { KataMemory } from '../memory.ts';
import type { Repair } from '../record.ts';
import { prepareWords } from './caution.ts';
import { Facts, type FastHost, keyUse } from './facts.ts';
import { prepareFragments } from './fragments.ts';

// ---- why it stopped
export const DONE = 0;
const WANTS_USE = 2;
const WANTS_FACTS = 3;
const WANTS_TEMPLATE = 4;
const WANTS_POD = 5;
const WANTS_ROOM = 6;
const WANTS_CONTAINER = 7;
const WANTS_PROCESS = 8;
const WANTS_MESSAGE = 10;
const WANTS_PASS = 11;

// ---- what there is to learn: four words each
const LESSON_WORDS = 4;
const LESSONS_BYTES = 64 << 10;
const PROCESS = 1;
const CONTAINER = 2;
const KERNEL = 3;
const REPAIR = 5;
const CALL = 6;
/** By the number of what is written of them, see fragments.ts. */
const REPAIRS: Readonly<Record<number, readonly Repair[]>> = {
  78: ['C10'],
  79: ['C10', 'C9'],
  88: ['C18'],
  92: ['C19'],
  93: ['C21'],
  94: ['C18', 'C10'],
  95: ['C18', 'C10', 'C9'],
};

const ROOM_BYTES = 256 << 10;
const OWNERS_MAX = 65_535;

/** What all roads over one arena share. */
interface Shared {
  owners: number;
  /** Whose generation it is. */
  last: number;
  generation: number;
}

const sharedOf = new WeakMap<FastHost['arena'], Shared>();

/** The plain road, as far as the fast one has to know what it is at. */
export interface Holder {
  readonly heldStreams: Iterable<string>;
  readonly holdsStacks: boolean;
  /** Something is held: what comes in a frame may belong to it, and of parsed records none may overtake another. */
  readonly holdsAll?: boolean;
  /** A sound line without a frame passes what is held of lines; false: it must not. */
  readonly passLine?: (text: string) => boolean;
}

/** The stream of a sandbox's console (see GoRecords): ids have at most 128 characters. */
const CONSOLE_STREAM = /^console (\S{1,128}) /;
const SANDBOX_MAX_BYTES = 128;
const MARK_MAX_BYTES = 512;

// ---- the lesson of a call, in words: two entries more than others have
const CALL_END = 1;
const CALL_PLACE = 2;
const CALL_MARKS = 3;
const CALL_SANDBOX = 4;
const CALL_CONTAINER = 5;
const CALL_EXEC = 6;
const CALL_TIME = 8;
const CALL_MORE_WORDS = 8;

export interface FastSettings {
  readonly memory: KataMemory;
  /** What a parser put in front of the names that Kata wrote. */
  readonly prefix: string;
  readonly redacts: boolean;
}

export class FastRoad {
  readonly #host: FastHost;
  readonly #settings: FastSettings;
  readonly #facts: Facts;
  readonly #shared: Shared;
  readonly #owner: number;
  /** By the reason why it stopped: tells what is wanted, or says that it cannot. */
  readonly #answers: ReadonlyMap<number, () => boolean> = new Map([
    [WANTS_USE, (): boolean => this.#tellUse()],
    [WANTS_FACTS, (): boolean => this.#tellFacts()],
    [WANTS_TEMPLATE, (): boolean => this.#tellTemplate()],
    [WANTS_POD, (): boolean => this.#tellPod()],
    [WANTS_ROOM, (): boolean => this.#tellRoom()],
    [WANTS_CONTAINER, (): boolean => this.#tellContainer()],
    [WANTS_PROCESS, (): boolean => this.#tellProcess()],
    [WANTS_MESSAGE, (): boolean => this.#tellMessage()],
  ]);
  /** Records that were repaired. */
  repaired = 0;
  #names = new Map<number, string>();
  #factsOfName = new Map<string, number>();
  #markers = new Map<number, Marker>();
  #epoch = -1;
  #holder: Holder | undefined;
  #lessons = 0;
  #tapes = 0;
  #held = 0;
  #mark = 0;
  #room = { start: 0, bytes: 0 };

  constructor(host: FastHost, settings: FastSettings) {
    this.#host = host;
    this.#settings = settings;
    this.#facts = new Facts(host);
    this.#shared = sharedOf.get(host.arena) ?? prepared(host);
    this.#owner = ++this.#shared.owners;
  }

  /** A key's use is kept with the number of its owner, two bytes. */
  get isOpen(): boolean {
    return this.#owner <= OWNERS_MAX;
  }

  /** Takes room on the heap: before each batch. @param textBytes most bytes that unescaped texts take. */
  begin(textBytes: number, holder: Holder): void {
    const { arena, kata, keys } = this.#host;
    if (keys.epoch !== this.#epoch) {
      this.#names = new Map();
      this.#factsOfName = new Map();
      this.#markers = new Map();
      // Facts may lie now where others did.
      this.#newGeneration();
      kata.forgetTold();
    }
    this.#epoch = keys.epoch;
    if (this.#shared.last !== this.#owner) {
      this.#newGeneration();
      kata.forgetTold();
    }
    this.#shared.last = this.#owner;
    this.#lessons = arena.alloc(LESSONS_BYTES);
    this.#tapes = arena.alloc(kata.TAPE_BYTES.value * 2);
    kata.setScratch(arena.alloc(textBytes));
    this.#held = arena.alloc(SANDBOX_MAX_BYTES);
    this.#mark = arena.alloc(MARK_MAX_BYTES);
    kata.forgetMessage();
    this.#makeRoom(ROOM_BYTES);
    this.#holder = holder;
    this.noteHeld(holder);
  }

  /** Before each call: where the results go. What was written before stays where it is. */
  aim(results: number): void {
    const { kata } = this.#host;
    const { vocabulary } = this.#settings.memory;
    const lessonsEnd = this.#lessons + LESSONS_BYTES;
    kata.beginKata(this.#owner, this.#settings.redacts, results, this.#lessons, lessonsEnd, this.#tapes);
    kata.setLearns(vocabulary.learnsKernel, vocabulary.learnsRecords);
  }

  /** What was written is not needed any more. */
  reuseRoom(): void {
    this.#host.kata.setKataRoom(this.#room.start, this.#room.start + this.#room.bytes);
  }

  /**
   * Tells what is wanted; false: it cannot be told, the record is one for the plain road.
   * @param text the line that it stopped at
   */
  tell(reason: number, text?: () => string): boolean {
    if (reason === WANTS_PASS) return text !== undefined && this.#pass(text);
    return this.#answers.get(reason)?.() ?? false;
  }

  #tellUse(): boolean {
    const { kata, keys } = this.#host;
    const { prefix } = this.#settings;
    const key = kata.wantedUse();
    const name = keys.name(key);
    kata.setUse(key, this.#owner, keyUse(name, name.startsWith(prefix) ? name.slice(prefix.length) : name));
    return true;
  }

  #tellProcess(): boolean {
    const { kata } = this.#host;
    const host = this.name(kata.wantedProcessBoot());
    const sandbox = this.#factsOf(this.#settings.memory.sandboxOfProcess(host, kata.wantedProcess()));
    if (sandbox !== undefined) kata.noteProcess(sandbox);
    return sandbox !== undefined;
  }

  #tellContainer(): boolean {
    const { kata } = this.#host;
    const container = kata.wantedFacts();
    const sandbox = this.#factsOf(this.#settings.memory.sandboxOfContainer(this.#facts.text(container)));
    if (sandbox !== undefined) kata.noteContainer(container, sandbox);
    return sandbox !== undefined;
  }

  #tellFacts(): boolean {
    const facts = this.#host.kata.wantedFacts();
    return facts !== 0 && this.#facts.write(facts);
  }

  #tellTemplate(): boolean {
    return this.#facts.writeTemplate(this.#host.kata.wantedFacts());
  }

  #tellPod(): boolean {
    const sandbox = this.#host.kata.wantedFacts();
    const pod = this.#settings.memory.podJson(this.#facts.text(sandbox));
    return this.#facts.writePod(sandbox, pod, this.#shared.generation);
  }

  #tellMessage(): boolean {
    this.#facts.writeMessage(this.#mark);
    return true;
  }

  #pass(text: () => string): boolean {
    const holder = this.#holder;
    let isPast = false;
    if (holder) this.letPlain(holder, () => (isPast = holder.passLine?.(text()) ?? false));
    if (isPast) this.#host.kata.passLine();
    return isPast;
  }

  #tellRoom(): boolean {
    this.#makeRoom(this.#host.kata.kataRoomWanted());
    return true;
  }

  /** What the records say of whose processes and containers there are, and what texts are said, in their order. */
  learn(): void {
    const { arena, kata } = this.#host;
    const { memory } = this.#settings;
    const { changes } = memory;
    const end = kata.takeLearned() >> 2;
    const { i32, u8 } = arena;
    for (let at = this.#lessons >> 2; at < end; at += LESSON_WORDS) {
      const [kind, first, second, third] = [
        i32[at],
        i32[at + 1] as number,
        i32[at + 2] as number,
        i32[at + 3] as number,
      ];
      if (kind === PROCESS) memory.learnProcess(this.name(third), first, this.name(second));
      else if (kind === CONTAINER) memory.learnContainer(this.name(first), this.name(second));
      else if (kind === REPAIR) this.#countRepairs(first);
      else if (kind === CALL) {
        this.#addDuration(at);
        at += CALL_MORE_WORDS;
      } else this.#learnText(kind === KERNEL, first === 0 ? undefined : u8.toString('latin1', first, second));
    }
    if (memory.changes !== changes) this.#newGeneration();
  }

  #learnText(isKernel: boolean, text: string | undefined): void {
    const { vocabulary } = this.#settings.memory;
    if (isKernel) vocabulary.learnKernel(text);
    else vocabulary.learnObject(text);
  }

  /** Lets the plain road work: what it learns about pods and containers, and what it holds, counts here, too. */
  letPlain(holder: Holder, work: () => void): void {
    const { memory } = this.#settings;
    const { changes } = memory;
    work();
    if (memory.changes !== changes) this.#newGeneration();
    this.noteHeld(holder);
  }

  /** What the plain road holds: records that it may belong to are not for the fast one. */
  noteHeld({ heldStreams, holdsStacks, holdsAll }: Holder): void {
    const { arena, kata } = this.#host;
    const streams = [...heldStreams];
    kata.setHolds(streams.includes(''), holdsStacks, streams.length > 0 || holdsStacks || holdsAll === true);
    for (const stream of streams) {
      const sandbox = CONSOLE_STREAM.exec(stream)?.[1];
      if (sandbox === undefined) continue;
      const end = this.#held + arena.u8.write(sandbox, this.#held, 'latin1');
      kata.holdConsole(this.#held, end);
    }
  }

  /** The text of facts; empty for none. */
  name(facts: number): string {
    if (facts === 0) return '';
    const known = this.#names.get(facts);
    if (known !== undefined) return known;
    const name = this.#facts.text(facts);
    this.#names.set(facts, name);
    return name;
  }

  /** Facts of a name, 0 where there is none; undefined: there is no room. */
  #factsOf(name: string | undefined): number | undefined {
    if (name === undefined) return 0;
    const facts = this.#factsOfName.get(name) ?? this.#facts.of(name);
    if (facts === 0) return undefined;
    this.#factsOfName.set(name, facts);
    return facts;
  }

  #markerOf(facts: number): Marker {
    const known = this.#markers.get(facts);
    if (known !== undefined) return known;
    const marker = markerOf(this.#facts.text(facts));
    this.#markers.set(facts, marker);
    return marker;
  }

  /** Puts how long the call took whose lesson is at `at` into what was written of its record. */
  #addDuration(at: number): void {
    const { i32, u8, f64 } = this.#host.arena;
    const word = (index: number): number => i32[at + index] as number;
    const [endWord, place] = [word(CALL_END) >> 2, word(CALL_PLACE)];
    const { rpc, rpc_edge } = this.#markerOf(word(CALL_MARKS));
    if (rpc === undefined) return;
    const named = (facts: number): string | undefined => (facts === 0 ? undefined : this.name(facts));
    const [execStart, execEnd] = [word(CALL_EXEC), word(CALL_EXEC + 1)];
    const json = this.#settings.memory.durationJson({
      rpc,
      isStart: rpc_edge === 'start',
      sandbox: named(word(CALL_SANDBOX)),
      container: named(word(CALL_CONTAINER)),
      exec: execStart === 0 ? undefined : u8.toString('latin1', execStart, execEnd),
      time: { seconds: f64[(at + CALL_TIME) >> 1] as number, nanos: word(CALL_TIME + 2) },
    });
    if (json === '') return;
    const end = i32[endWord] as number;
    u8.copyWithin(place + json.length, place, end);
    u8.write(json, place, 'latin1');
    i32[endWord] = end + json.length;
  }

  #countRepairs(number: number): void {
    this.repaired++;
    for (const repair of REPAIRS[number] ?? []) this.#settings.memory.count(repair);
  }

  #makeRoom(wanted: number): void {
    const bytes = Math.max(wanted, ROOM_BYTES);
    this.#room = { start: this.#host.arena.alloc(bytes), bytes };
    this.reuseRoom();
  }

  #newGeneration(): void {
    this.#shared.generation = this.#host.kata.newGeneration();
  }
}

function prepared(host: FastHost): Shared {
  const shared: Shared = { owners: 0, last: 0, generation: 0 };
  sharedOf.set(host.arena, shared);
  prepareWords(host.arena, host.kata);
  host.kata.setKataPhrases(host.arena.constant(encodePhrases(KATA_BLANK_KEYS)));
  prepareFragments(host.arena, host.kata);
  host.kata.setTold(host.arena.constant(new Uint8Array(host.kata.TOLD_BYTES.value)));
  return shared;
}
