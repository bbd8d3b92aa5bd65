// The fields of a tape's record as the pairs that room kata reads.
import type { Arena } from '../../../core/arena.ts';
import { spanJson, spanText } from '../../../core/field.ts';
import type { Host } from '../../../core/plugin.ts';
import { Pairs, type Value } from '../../../kata/record.ts';
import { eachSpan } from '../../../kata/secret-fields.ts';

export class RecordPairs {
  readonly #host: Host;
  readonly #prefix: string;
  /** By key id: the name without the prefix. */
  #names: string[] = [];
  #epoch = -1;

  constructor(host: Host, prefix: string) {
    this.#host = host;
    this.#prefix = prefix;
  }

  /** All fields, as a journal's entry. */
  journal(arena: Arena, record: number): Pairs {
    return this.#read(arena, record, false);
  }

  /** The fields under the names that Kata gave them. */
  own(arena: Arena, record: number): Pairs {
    return this.#read(arena, record, true);
  }

  #read(arena: Arena, record: number, strips: boolean): Pairs {
    const keys: string[] = [];
    const values: Value[] = [];
    eachSpan(arena, record, (key, span) => {
      keys.push(strips ? this.#ownName(key) : this.#host.keys.name(key));
      values.push(spanText(arena, span) ?? (JSON.parse(spanJson(arena, span)) as Value));
    });
    return new Pairs(keys, values);
  }

  #ownName(key: number): string {
    const { keys } = this.#host;
    if (this.#epoch !== keys.epoch) this.#names = [];
    this.#epoch = keys.epoch;
    const known = this.#names[key];
    if (known !== undefined) return known;
    const name = keys.name(key);
    const own = name.startsWith(this.#prefix) ? name.slice(this.#prefix.length) : name;
    this.#names[key] = own;
    return own;
  }
}
