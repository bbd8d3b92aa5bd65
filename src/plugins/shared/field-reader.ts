// The value of one field, or of what a path names inside of one, record after record.
import type { Arena } from '../../core/arena.ts';
import type { Keys } from '../../core/event.ts';
import { type FieldPath, parseFieldPath } from '../../core/field-path.ts';
import { findJson } from '../../core/json-splice.ts';
import { type Problem, quoted } from '../../core/problem.ts';
import {
  firstSpan,
  HEAD_BYTES,
  KIND_JSON,
  KIND_TEXT,
  S_END,
  S_KIND,
  S_START,
  SPAN_BYTES,
  W_SPANS,
} from '../../core/tape.ts';
import { rubyText } from './ruby-text.ts';

const SPAN_WORDS = SPAN_BYTES >> 2;

export class FieldReader {
  /** Of the value found last: KIND_…, and where its bytes are. */
  kind = KIND_JSON;
  start = 0;
  end = 0;
  /** Word index of the field's span. */
  span = 0;
  readonly #arena: Arena;
  readonly #key: number;
  readonly #rest: readonly (string | number)[];
  /** Words from a record to the span where it was last: most records of a batch are alike. */
  #usual = HEAD_BYTES >> 2;

  /** @param accessor a checked one, see {@link checkAccessor}. Only while plugins are created. */
  constructor(accessor: string, { arena, keys }: { readonly arena: Arena; readonly keys: Keys }) {
    const [name, ...rest] = parseFieldPath(accessor) as FieldPath;
    this.#arena = arena;
    this.#key = keys.pin(name);
    this.#rest = rest;
  }

  /** Looks for the value in the record; false where there is none. */
  find(record: number): boolean {
    const { i32 } = this.#arena;
    const span = this.#findSpan(i32, record);
    if (span < 0) return false;
    this.span = span;
    this.kind = i32[span + S_KIND] as number;
    this.start = i32[span + S_START] as number;
    this.end = i32[span + S_END] as number;
    return this.#rest.length === 0 || this.#findInside();
  }

  /** The value found last, as Ruby's to_s has it. */
  text(): string {
    const { u8 } = this.#arena;
    const written = u8.toString('utf8', this.start, this.end);
    return this.kind === KIND_TEXT ? written : rubyText(written);
  }

  #findSpan(i32: Int32Array, record: number): number {
    const first = firstSpan(record);
    const end = first + (i32[(record >> 2) + W_SPANS] as number) * SPAN_WORDS;
    const usual = (record >> 2) + this.#usual;
    if (usual < end && i32[usual] === this.#key) return usual;
    for (let span = first; span < end; span += SPAN_WORDS) {
      if (i32[span] !== this.#key) continue;
      this.#usual = span - (record >> 2);
      return span;
    }
    return -1;
  }

  #findInside(): boolean {
    if (this.kind === KIND_TEXT) return false;
    const found = findJson(this.#arena.u8, this, this.#rest);
    if (!found) return false;
    this.start = found.start;
    this.end = found.end;
    return true;
  }
}

/** What is wrong with an accessor, without a place. */
export function checkAccessor(setting: string, accessor: string): readonly Omit<Problem, 'place'>[] {
  if (parseFieldPath(accessor)) return [];
  const message = `${setting}: expected a field such as name, $.a.b or $['a.b'][0], got ${quoted(accessor)}`;
  return [{ code: 'config/bad-accessor', severity: 'error', message }];
}
