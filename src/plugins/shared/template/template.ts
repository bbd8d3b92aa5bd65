// Values of a configuration with placeholders: `${record["k"]}`, `x-${tag}`, or JSON with such texts inside.
import * as os from 'node:os';
import type { Instant } from '../../../core/event.ts';
import type { FieldPath } from '../../../core/field-path.ts';
import { findJson } from '../../../core/json-splice.ts';
import type { Host } from '../../../core/plugin.ts';
import { type Problem, quoted } from '../../../core/problem.ts';
import { findSpan, KIND_TEXT, S_END, S_KIND, S_START } from '../../../core/tape.ts';
import { formatTime } from '../../../formats/time/format.ts';
import { rubyText } from '../ruby-text.ts';
import { type Change, type Expression, parseExpression, type Source } from './expression.ts';

/** What a value is made for. */
export interface Subject {
  readonly record: number;
  readonly tag: string;
  time(): Instant;
}

/** A part of a text: text as it is, or a value; undefined is a placeholder that stands for nothing. */
type Part = string | Expression | undefined;

type Shape =
  | { readonly kind: 'text'; readonly parts: readonly Part[] }
  | { readonly kind: 'constant'; readonly json: string }
  | { readonly kind: 'array'; readonly items: readonly Shape[] }
  | { readonly kind: 'object'; readonly members: readonly (readonly [Shape, Shape])[] };

/** `${…}` and `__WORD__`. */
const PLACEHOLDER = /\$\{[^}]*\}|__[A-Z_]+__/g;
const TIME_FORMAT = '%Y-%m-%d %H:%M:%S %z';

/** A setting's text, or null. A text that is a JSON object or array is one. */
export function parseTemplate(written: string | null): Shape {
  if (written === null) return { kind: 'constant', json: 'null' };
  if (/^[{[]/.test(written)) {
    try {
      return shapeOf(JSON.parse(written) as unknown);
    } catch {
      // Then it is a text that begins with a bracket.
    }
  }
  return { kind: 'text', parts: partsOf(written) };
}

function shapeOf(value: unknown): Shape {
  if (typeof value === 'string') return { kind: 'text', parts: partsOf(value) };
  if (Array.isArray(value)) return { kind: 'array', items: value.map(shapeOf) };
  if (typeof value !== 'object' || value === null) return { kind: 'constant', json: JSON.stringify(value) };
  const members = Object.entries(value).map(
    ([name, own]) => [{ kind: 'text', parts: partsOf(name) }, shapeOf(own)] as const,
  );
  return { kind: 'object', members };
}

function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let start = 0;
  for (const { 0: found, index } of text.matchAll(PLACEHOLDER)) {
    if (index > start) parts.push(text.slice(start, index));
    parts.push(found.startsWith('$') ? parseExpression(found.slice(2, -1).trim()) : undefined);
    start = index + found.length;
  }
  if (start < text.length || parts.length === 0) parts.push(text.slice(start));
  return parts;
}

/** What is wrong with a value, without a place. @param hasRuby `enable_ruby`, or a plugin that always has it. */
export function checkTemplate(
  name: string,
  written: string | null,
  hasRuby: boolean,
): readonly Omit<Problem, 'place'>[] {
  return (written?.match(PLACEHOLDER) ?? []).flatMap((found) => {
    const code = found.startsWith('$') ? found.slice(2, -1).trim().replaceAll('\\"', '"') : undefined;
    const expression = code === undefined ? undefined : parseExpression(code);
    if (expression) return hasRuby || expression.isPlain ? [] : [onlyRuby(name, found)];
    return [hasRuby && code !== undefined ? refused(name, found) : unknown(name, found)];
  });
}

const KNOWN =
  'known are record["a"]["b"], record.dig("a", "b"), tag, tag_parts[0], tag_prefix[0], tag_suffix[0], hostname, time, ' +
  'time.strftime("…"), quoted texts, .to_s .to_i .to_f .downcase .upcase .strip behind them, and || between them';

function refused(name: string, found: string): Omit<Problem, 'place'> {
  return {
    code: 'config/ruby',
    severity: 'error',
    message: `${name}: the Ruby expression ${quoted(found)} is not evaluated`,
    hint: KNOWN,
  };
}

function unknown(name: string, found: string): Omit<Problem, 'place'> {
  return {
    code: 'config/unknown-placeholder',
    severity: 'warning',
    message: `${name}: ${quoted(found)} stands for nothing: alone it gives null, inside of a text it is left out`,
    hint: 'known are ${record["k"]}, ${tag}, ${tag_parts[N]}, ${tag_prefix[N]}, ${tag_suffix[N]}, ${hostname} and ${time}',
  };
}

function onlyRuby(name: string, found: string): Omit<Problem, 'place'> {
  return {
    code: 'config/only-ruby',
    severity: 'warning',
    message: `${name}: Fluentd gives null for ${quoted(found)} without enable_ruby; here it is the value that is meant`,
  };
}

export class Template {
  readonly #shape: Shape;
  readonly #host: Host;
  readonly #typecasts: boolean;
  readonly #hostname = os.hostname();
  /** Ids of the fields that it reads. */
  readonly #keys = new Map<string, number>();
  /** It says the same for every record of a tag. */
  readonly isByTag: boolean;

  /** @param typecasts a value that is one placeholder keeps its type. */
  constructor(written: string | null, host: Host, typecasts: boolean) {
    this.#shape = parseTemplate(written);
    this.#host = host;
    this.#typecasts = typecasts;
    this.isByTag = !readsRecord(this.#shape);
    for (const [name] of recordPaths(this.#shape)) this.#keys.set(name, host.keys.pin(name));
  }

  /** The value as JSON text. */
  json(subject: Subject): string {
    return this.#json(this.#shape, subject);
  }

  /** The field whose value is taken as it is, or undefined where the value is anything else. */
  get copied(): (Source & { readonly from: 'record' }) | undefined {
    if (!this.#typecasts || this.#shape.kind !== 'text' || this.#shape.parts.length !== 1) return undefined;
    const [part] = this.#shape.parts;
    if (typeof part !== 'object' || part.alternatives.length !== 1) return undefined;
    const only = part.alternatives[0];
    return only?.changes.length === 0 && only.source.from === 'record' ? only.source : undefined;
  }

  #json(shape: Shape, subject: Subject): string {
    switch (shape.kind) {
      case 'constant':
        return shape.json;
      case 'array':
        return `[${shape.items.map((item) => this.#json(item, subject)).join(',')}]`;
      case 'object': {
        const members = shape.members.map(([name, value]) => {
          const written = rubyText(this.#json(name, subject));
          return `${JSON.stringify(written)}:${this.#json(value, subject)}`;
        });
        return `{${members.join(',')}}`;
      }
      default:
        return this.#textJson(shape.parts, subject);
    }
  }

  #textJson(parts: readonly Part[], subject: Subject): string {
    const [first] = parts;
    if (parts.length === 1 && typeof first !== 'string' && this.#typecasts)
      return first ? this.#value(first, subject) : 'null';
    const text = parts.map((part) => {
      if (typeof part === 'string') return part;
      return part ? rubyText(this.#value(part, subject)) : '';
    });
    return JSON.stringify(text.join(''));
  }

  #value({ alternatives }: Expression, subject: Subject): string {
    let json = 'null';
    for (const { source, changes } of alternatives) {
      json = changes.reduce(changed, this.#sourceJson(source, subject));
      if (json !== 'null' && json !== 'false') return json;
    }
    return json;
  }

  #sourceJson(source: Source, subject: Subject): string {
    switch (source.from) {
      case 'record':
        return this.#fieldJson(source.path, subject.record);
      case 'tag':
        return JSON.stringify(subject.tag);
      case 'hostname':
        return JSON.stringify(this.#hostname);
      case 'text':
        return JSON.stringify(source.text);
      case 'time':
        return timeJson(source, subject.time());
      default:
        return tagPartJson(source, subject.tag.split('.'));
    }
  }

  #fieldJson([name, ...rest]: readonly [string, ...(string | number)[]], record: number): string {
    const { i32, u8 } = this.#host.arena;
    const span = findSpan(i32, record, this.#keys.get(name) as number);
    if (span < 0) return 'null';
    const value = { start: i32[span + S_START] as number, end: i32[span + S_END] as number };
    if (i32[span + S_KIND] === KIND_TEXT) {
      return rest.length > 0 ? 'null' : JSON.stringify(u8.toString('utf8', value.start, value.end));
    }
    const found = rest.length === 0 ? value : findJson(u8, value, rest);
    return found ? u8.toString('utf8', found.start, found.end) : 'null';
  }
}

function readsRecord(shape: Shape): boolean {
  return sourcesOf(shape).some(({ from }) => from === 'record' || from === 'time');
}

function recordPaths(shape: Shape): FieldPath[] {
  return sourcesOf(shape).flatMap((source) => (source.from === 'record' ? [source.path] : []));
}

function sourcesOf(shape: Shape): Source[] {
  switch (shape.kind) {
    case 'constant':
      return [];
    case 'array':
      return shape.items.flatMap(sourcesOf);
    case 'object':
      return shape.members.flatMap(([name, value]) => [...sourcesOf(name), ...sourcesOf(value)]);
    default:
      return shape.parts.flatMap((part) =>
        typeof part === 'object' ? part.alternatives.map(({ source }) => source) : [],
      );
  }
}

function timeJson({ format, as }: Source & { readonly from: 'time' }, time: Instant): string {
  if (as === 'seconds') return String(time.seconds);
  if (as === 'float') return String(time.seconds + time.nanos / 1e9);
  return JSON.stringify(formatTime(time, format ?? TIME_FORMAT, 'local'));
}

/** `tag_prefix[1]` are the first two parts, `tag_suffix[1]` all from the second one on. */
function tagPartJson(
  { from, index }: Source & { readonly from: 'parts' | 'prefix' | 'suffix' },
  parts: readonly string[],
): string {
  const at = index < 0 ? parts.length + index : index;
  if (at < 0 || at >= parts.length) return 'null';
  if (from === 'prefix') return JSON.stringify(parts.slice(0, at + 1).join('.'));
  if (from === 'suffix') return JSON.stringify(parts.slice(at).join('.'));
  return JSON.stringify(parts[at]);
}

function changed(json: string, change: Change): string {
  const text = rubyText(json);
  switch (change) {
    case 'to_s':
      return JSON.stringify(text);
    case 'to_i':
      return (
        /^\s*[-+]?\d+/
          .exec(text)?.[0]
          .trim()
          .replace(/^\+/, '')
          .replace(/^(-?)0+(?=\d)/, '$1') ?? '0'
      );
    case 'to_f':
      return floatJson(text);
    case 'downcase':
      return JSON.stringify(text.toLowerCase());
    case 'upcase':
      return JSON.stringify(text.toUpperCase());
    case 'capitalize':
      return JSON.stringify(text.charAt(0).toUpperCase() + text.slice(1).toLowerCase());
    case 'chomp':
      return JSON.stringify(text.replace(/(?:\r\n|\n|\r)$/, ''));
    default:
      return JSON.stringify(text.trim());
  }
}

function floatJson(text: string): string {
  const value = Number(/^\s*[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/.exec(text)?.[0] ?? 0);
  if (!Number.isFinite(value)) return 'null';
  return Number.isInteger(value) && Math.abs(value) < 1e16 ? `${value}.0` : String(value);
}
