// The secrets of a record's own fields, blacked out on the tape.
import type { Arena } from '../core/arena.ts';
import { setSpanJson, spanJson, spanText } from '../core/field.ts';
import type { Host } from '../core/plugin.ts';
import { firstSpan, NO_KEY, S_KEY, SPAN_BYTES, W_SPANS } from '../core/tape.ts';
import type { Value } from './record.ts';
import type { Redactor } from './redact.ts';

const SPAN_WORDS = SPAN_BYTES >> 2;
/** Fields whose text is a record, in the order in which they are looked for. */
export const TEXT_FIELDS: readonly string[] = ['MESSAGE', 'message', 'log'];
/** Nobody writes such a name: a parser of logfmt made it of other text. */
const ODD_NAME = /["'\\[\](){}<>,;:]/;
const WORDS = /[^\s"'\\,;=:<>()[\]{}]{3,}/g;

/** Calls `visit`, which may allocate, for each field of a record. */
export function eachSpan(arena: Arena, record: number, visit: (key: number, span: number) => void): void {
  const first = firstSpan(record);
  const end = first + (arena.i32[(record >> 2) + W_SPANS] as number) * SPAN_WORDS;
  for (let span = first; span < end; span += SPAN_WORDS) {
    const key = arena.i32[span + S_KEY] as number;
    if (key !== NO_KEY) visit(key, span);
  }
}

export interface FieldSettings {
  /** A field that is left as it is. */
  readonly except: number;
  /** What a parser put in front of the names that it found. */
  readonly prefix: string;
}

/** A field of the record at hand. */
interface Field {
  readonly name: string;
  readonly span: number;
  /** Undefined where it is no text. */
  readonly text: string | undefined;
}

export class FieldRedaction {
  readonly #host: Pick<Host, 'arena' | 'keys'>;
  readonly #settings: FieldSettings;

  constructor(host: Pick<Host, 'arena' | 'keys'>, settings: FieldSettings) {
    this.#host = host;
    this.#settings = settings;
  }

  redact(record: number, redactor: Redactor): void {
    const { arena } = this.#host;
    const fields = this.#fields(record);
    for (const { name, span, text } of fields) {
      const before = redactor.count;
      const kept = redactor.value(name, text ?? (JSON.parse(spanJson(arena, span)) as Value));
      if (redactor.count > before) setSpanJson(arena, span, JSON.stringify(kept));
    }
    const isShredded = isShreds(fields);
    if (isShredded && !fields.some(({ name }) => TEXT_FIELDS.includes(name))) redactor.text(textOfShreds(fields));
    if (redactor.secrets.size === 0) return;
    const words = isShredded ? wordsOf(redactor.secrets) : undefined;
    for (const field of this.#fields(record)) this.#finish(field, redactor, words);
  }

  #fields(record: number): readonly Field[] {
    const { arena, keys } = this.#host;
    const fields: Field[] = [];
    eachSpan(arena, record, (key, span) => {
      if (key !== this.#settings.except) fields.push({ name: keys.name(key), span, text: spanText(arena, span) });
    });
    return fields;
  }

  /** Takes out what other fields told to be a secret, and of a text that was cut at its blanks each piece of one. */
  #finish({ name, span, text }: Field, redactor: Redactor, words: ReadonlySet<string> | undefined): void {
    const { arena } = this.#host;
    const own = name.startsWith(this.#settings.prefix) ? name.slice(this.#settings.prefix.length) : name;
    if (words && !TEXT_FIELDS.includes(name) && (hasWord(own, words) || hasWord(text ?? '', words))) {
      arena.i32[span + S_KEY] = NO_KEY;
      redactor.count++;
      return;
    }
    const kept = text === undefined ? undefined : redactor.withoutKnown(text);
    if (kept !== text) setSpanJson(arena, span, JSON.stringify(kept));
  }
}

/** Whether a parser of logfmt took a text for one that is none. */
function isShreds(fields: readonly Field[]): boolean {
  return fields.some(({ name }) => ODD_NAME.test(name));
}

function textOfShreds(fields: readonly Field[]): string {
  return fields.map(({ name, text }) => (text === undefined || text === '' ? name : `${name}=${text}`)).join(' ');
}

function wordsOf(secrets: Iterable<string>): ReadonlySet<string> {
  return new Set([...secrets].flatMap((secret) => secret.match(WORDS) ?? []));
}

function hasWord(text: string, words: ReadonlySet<string>): boolean {
  return text.match(WORDS)?.some((word) => words.has(word)) ?? false;
}
