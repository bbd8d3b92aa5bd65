// The secrets of a record's own fields, blacked out on the tape.
import type { Arena } from '../core/arena.ts';
import { setSpanJson, spanJson, spanText } from '../core/field.ts';
import type { Host } from '../core/plugin.ts';
import { firstSpan, NO_KEY, S_KEY, SPAN_BYTES, W_SPANS } from '../core/tape.ts';
import { GUEST_CONSOLE } from './message-facts.ts';
import type { Value } from './record.ts';
import type { Redactor } from './redact.ts';
import { REDACTED } from './secret-values.ts';

const SPAN_WORDS = SPAN_BYTES >> 2;
/** Fields whose text is a record, in the order in which they are looked for. */
export const TEXT_FIELDS: readonly string[] = ['MESSAGE', 'message', 'log'];
/** Nobody writes such a name: a parser of logfmt made it of other text. */
const ODD_NAME = /["'\\[\](){}<>,;:]/;
const WORDS = /[^\s"'\\,;=:<>()[\]{}@./?&]{3,}/g;
/** Fields of the journal: no parser of a text makes such. */
const JOURNAL_NAME = /^_{0,2}[A-Z][A-Z0-9_]*$/;
/** Pairs of Kata's that hold no text. */
const PLAIN_FIELDS: ReadonlySet<string> = new Set(
  'time level name pid sandbox container source subsystem arch command exec console-url console-protocol'.split(' '),
);
const TEXTS: ReadonlySet<string> = new Set(['msg', 'vmconsole', 'contents']);

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
    if (!this.#isShreds(fields)) return;
    if (!fields.some(({ name }) => TEXT_FIELDS.includes(name))) redactor.text(textOfShreds(fields));
    if (redactor.secrets.size === 0) return;
    const words = wordsOf(redactor.secrets);
    for (const field of this.#fields(record)) this.#removeShred(field, redactor, words);
  }

  /** Leaves nothing of the texts of a record that may hold the rest of a secret. */
  hide(record: number): void {
    const { arena } = this.#host;
    const fields = this.#fields(record);
    const hasText = fields.some(({ name }) => TEXT_FIELDS.includes(name));
    for (const { name, span, text } of fields) {
      const own = this.#ownName(name);
      if (TEXT_FIELDS.includes(name) || TEXTS.has(own)) {
        if (text !== GUEST_CONSOLE) setSpanJson(arena, span, JSON.stringify(REDACTED));
      } else if (!PLAIN_FIELDS.has(own) && (own !== name || (!hasText && !JOURNAL_NAME.test(name))))
        arena.i32[span + S_KEY] = NO_KEY;
    }
  }

  #fields(record: number): readonly Field[] {
    const { arena, keys } = this.#host;
    const fields: Field[] = [];
    eachSpan(arena, record, (key, span) => {
      if (key !== this.#settings.except) fields.push({ name: keys.name(key), span, text: spanText(arena, span) });
    });
    return fields;
  }

  #ownName(name: string): string {
    const { prefix } = this.#settings;
    return name.startsWith(prefix) ? name.slice(prefix.length) : name;
  }

  /** Whether a parser of logfmt took a text for one that is none. */
  #isShreds(fields: readonly Field[]): boolean {
    const text = fields.find(({ name }) => TEXT_FIELDS.includes(name));
    if (!text) return fields.some(({ name }) => ODD_NAME.test(name));
    return text.text?.startsWith('time=') !== true && fields.some(({ name }) => this.#ownName(name) !== name);
  }

  /** Of a text that was cut at its blanks, takes each piece of a secret out. */
  #removeShred({ name, span, text = '' }: Field, redactor: Redactor, words: ReadonlySet<string>): void {
    const own = this.#ownName(name);
    const isMadeOfText = own !== name || (!JOURNAL_NAME.test(name) && !TEXT_FIELDS.includes(name));
    if (!isMadeOfText || !(hasWord(own, words) || hasWord(text, words))) return;
    this.#host.arena.i32[span + S_KEY] = NO_KEY;
    redactor.count++;
  }
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
