// Records that came without the filter `kata`, on their way into the store: it keeps no secrets.
import type { Host } from '../core/plugin.ts';
import type { KataFunctions } from '../core/scanner.ts';
import {
  findSpan,
  KIND_JSON,
  LIVE,
  S_END,
  S_KIND,
  S_START,
  type Tape,
  W_RAW_END,
  W_RAW_START,
  W_STATUS,
} from '../core/tape.ts';
import { TapeWriter } from '../core/tape-writer.ts';
import { bytesMayHoldSecret, prepareWords } from '../kata/fast/caution.ts';
import { Redactor } from '../kata/redact.ts';
import { eachSpan, FieldRedaction } from '../kata/secret-fields.ts';
import { mayHoldSecret } from '../kata/secret-words.ts';

const NO_FIELD = -1;
const PREFIX = 'kata_';

/** What is needed of a scanner's thread. */
type RedactionHost = Pick<Host, 'arena' | 'keys'> & { readonly kata: KataFunctions };

export class StoreRedaction {
  readonly #host: RedactionHost;
  /** The field of which the filter makes an object: what has it was looked through. */
  readonly #understood: number;
  readonly #fields: FieldRedaction;
  /** By key id: whether the name may be one of a secret. */
  #names: boolean[] = [];
  #epoch = -1;

  constructor(host: RedactionHost) {
    this.#host = host;
    this.#fields = new FieldRedaction(host, { except: NO_FIELD, prefix: PREFIX });
    this.#understood = host.keys.pin('kata');
    prepareWords(host.arena, host.kata);
  }

  /** The tape without secrets: itself, where there are none. Other outputs have it, too: a copy is changed. */
  of(tape: Tape): Tape {
    const { arena } = this.#host;
    const suspects: number[] = [];
    for (let record = tape.start; record < tape.end; record += arena.i32[record >> 2] as number) {
      if (arena.i32[(record >> 2) + W_STATUS] === LIVE && this.#isSuspect(record)) suspects.push(record);
    }
    return suspects.length === 0 ? tape : this.#redacted(tape, new Set(suspects));
  }

  #isSuspect(record: number): boolean {
    const { arena, kata } = this.#host;
    const { i32 } = arena;
    const understood = findSpan(i32, record, this.#understood);
    if (understood >= 0 && i32[understood + S_KIND] === KIND_JSON) return false;
    const [start, end] = [i32[(record >> 2) + W_RAW_START] as number, i32[(record >> 2) + W_RAW_END] as number];
    if (bytesMayHoldSecret(kata, start, end)) return true;
    let isSuspect = false;
    eachSpan(arena, record, (key, span) => {
      const [from, until] = [i32[span + S_START] as number, i32[span + S_END] as number];
      const isInside = from >= start && until <= end;
      isSuspect ||= this.#isSecretName(key) || (!isInside && bytesMayHoldSecret(kata, from, until));
    });
    return isSuspect;
  }

  #isSecretName(key: number): boolean {
    const { keys } = this.#host;
    if (this.#epoch !== keys.epoch) this.#names = [];
    this.#epoch = keys.epoch;
    this.#names[key] ??= mayHoldSecret(keys.name(key));
    return this.#names[key] as boolean;
  }

  #redacted(tape: Tape, suspects: ReadonlySet<number>): Tape {
    const writer = new TapeWriter(this.#host.arena, tape.end - tape.start);
    for (let record = tape.start; record < tape.end; record += this.#host.arena.i32[record >> 2] as number) {
      const copy = writer.copy(record);
      if (suspects.has(record)) this.#fields.redact(copy, new Redactor());
    }
    return writer.tape();
  }
}
