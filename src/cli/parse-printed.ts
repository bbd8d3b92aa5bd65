// A line of `parse -o ndjson` read back for the other output forms: values stay as they are written, for a number may have more
// digits than JavaScript keeps, and an object more levels than it can print.
import { endOfObject, endOfString } from '../kata/json-record.ts';
import { valueJson } from '../kata/ndjson.ts';
import type { Value } from '../kata/record.ts';

/** The pairs of a record: texts, and whatever else JSON has as it is written. */
export interface Texts extends Iterable<readonly [string, string]> {
  get(name: string): string | undefined;
}

/** What a line of `parse -o ndjson` says, as far as other forms need it. */
export interface PrintedRecord {
  /** Empty where it has none. */
  readonly time: string;
  readonly kata: { readonly [name: string]: unknown };
  /** The same as JSON. */
  readonly kataJson: string;
  readonly fields: Texts | undefined;
  /** Pairs of the record around it. */
  readonly wrapper: Texts | undefined;
  readonly source: { readonly path: string; readonly line: number };
  readonly raw: string | undefined;
}

/** A value that JSON.parse may not give back as it was written: a long number or one with a point, a list, an object. */
const RISKY = /":(?<!"(?:kata|fields|wrapper|source|repairs|kernel_time)":)\s*(?:-?\d{16}|-?\d+[.eE]|[[{])/;

/** @param line JSON of a record, as `ndjsonLine` makes it */
export function readPrinted(line: string): PrintedRecord {
  return RISKY.test(line) ? readWritten(line) : new PlainRecord(JSON.parse(line) as Plain);
}

interface PlainPairs {
  readonly [name: string]: Value;
}

interface Plain {
  readonly '@timestamp'?: string;
  readonly kata: PrintedRecord['kata'];
  readonly fields?: PlainPairs;
  readonly wrapper?: PlainPairs;
  readonly source: PrintedRecord['source'];
  readonly raw?: string;
}

/** One whose values are all short: read in one go, which is the quicker way. */
class PlainRecord implements PrintedRecord {
  readonly #plain: Plain;

  constructor(plain: Plain) {
    this.#plain = plain;
  }

  get time(): string {
    return this.#plain['@timestamp'] ?? '';
  }

  get kata(): PrintedRecord['kata'] {
    return this.#plain.kata;
  }

  get kataJson(): string {
    return JSON.stringify(this.#plain.kata);
  }

  get fields(): Texts | undefined {
    return this.#plain.fields && new PlainTexts(this.#plain.fields);
  }

  get wrapper(): Texts | undefined {
    return this.#plain.wrapper && new PlainTexts(this.#plain.wrapper);
  }

  get source(): PrintedRecord['source'] {
    return this.#plain.source;
  }

  get raw(): string | undefined {
    return this.#plain.raw;
  }
}

class PlainTexts implements Texts {
  readonly #pairs: PlainPairs;

  constructor(pairs: PlainPairs) {
    this.#pairs = pairs;
  }

  get(name: string): string | undefined {
    return Object.hasOwn(this.#pairs, name) ? plainText(this.#pairs[name] as Value) : undefined;
  }

  *[Symbol.iterator](): Iterator<readonly [string, string]> {
    for (const name of Object.keys(this.#pairs)) yield [name, plainText(this.#pairs[name] as Value)];
  }
}

function plainText(value: Value): string {
  if (typeof value === 'string') return value;
  return value === null ? '' : valueJson(value);
}

function readWritten(line: string): PrintedRecord {
  const parts = membersOf(line);
  const [time, kataJson = '{}', fields, wrapper] = ['@timestamp', 'kata', 'fields', 'wrapper'].map((name) =>
    parts.get(name),
  );
  const raw = parts.get('raw');
  return {
    time: time === undefined ? '' : writtenText(time),
    kata: JSON.parse(kataJson) as PrintedRecord['kata'],
    kataJson,
    fields: fields === undefined ? undefined : textsOf(fields),
    wrapper: wrapper === undefined ? undefined : textsOf(wrapper),
    source: JSON.parse(parts.get('source') as string) as PrintedRecord['source'],
    raw: raw === undefined ? undefined : writtenText(raw),
  };
}

function textsOf(json: string): Texts {
  const texts = membersOf(json);
  for (const [name, value] of texts) texts.set(name, writtenText(value));
  return texts;
}

/** The text of a value: what a string says, nothing for null, anything else as it is written. */
function writtenText(value: string): string {
  if (value === 'null') return '';
  if (!value.startsWith('"')) return value;
  return value.includes('\\') ? (JSON.parse(value) as string) : value.slice(1, -1);
}

/** The members of one sound object, values as they are written. Of two with one name the last one stays, as in JSON.parse. */
function membersOf(json: string): Map<string, string> {
  const members = new Map<string, string>();
  for (let at = behindBlanks(json, 1); json[at] === '"'; ) {
    const nameEnd = endOfString(json, at) + 1;
    // Behind the colon.
    const start = behindBlanks(json, behindBlanks(json, nameEnd) + 1);
    const end = endOfValue(json, start);
    members.set(writtenText(json.slice(at, nameEnd)), json.slice(start, end));
    // Behind the comma, if there is one.
    at = behindBlanks(json, behindBlanks(json, end) + 1);
  }
  return members;
}

function endOfValue(json: string, start: number): number {
  const first = json[start];
  if (first === '"') return endOfString(json, start) + 1;
  if (first === '{' || first === '[') return endOfObject(json, start);
  let end = start;
  while (end < json.length && !',} \t\r\n'.includes(json[end] as string)) end++;
  return end;
}

function behindBlanks(json: string, from: number): number {
  let at = from;
  while (at < json.length && ' \t\r\n'.includes(json[at] as string)) at++;
  return at;
}
