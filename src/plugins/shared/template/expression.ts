// What may stand in `${…}` of a text: the placeholders of record_transformer, and the few Ruby expressions over them that
// configurations use. Nothing is ever evaluated as code.
import type { FieldPath } from '../../../core/field-path.ts';

/** Where a value comes from. */
export type Source =
  | { readonly from: 'record'; readonly path: FieldPath }
  | { readonly from: 'tag' }
  | { readonly from: 'parts' | 'prefix' | 'suffix'; readonly index: number }
  | { readonly from: 'hostname' }
  | { readonly from: 'time'; readonly format: string | undefined; readonly as: 'text' | 'seconds' | 'float' }
  | { readonly from: 'text'; readonly text: string };

export type Change = 'to_s' | 'to_i' | 'to_f' | 'downcase' | 'upcase' | 'capitalize' | 'strip' | 'chomp';

/** The first source that gives a value, changed. */
export interface Expression {
  readonly alternatives: readonly { readonly source: Source; readonly changes: readonly Change[] }[];
  /** Fluentd understands it without `enable_ruby`. */
  readonly isPlain: boolean;
}

const STEP = /^\[(?:"([^"\\]*)"|'([^'\\]*)'|(-?\d+))\]/;
const CHANGES: ReadonlySet<string> = new Set('to_s to_i to_f downcase upcase capitalize strip chomp'.split(' '));

/** @param code what stands between the braces; undefined where it is not known. */
export function parseExpression(code: string): Expression | undefined {
  const isPlain = /^(?:record\["[^"]*"\]|tag|hostname|time|tag_(?:parts|prefix|suffix)\[-?\d+\])$/.test(code);
  const alternatives = splitAlternatives(code).map((one) => parseOne(one.trim()));
  if (alternatives.some((one) => one === undefined)) return undefined;
  return { alternatives: alternatives.filter((one) => one !== undefined), isPlain };
}

function parseOne(code: string): Expression['alternatives'][number] | undefined {
  const changes: Change[] = [];
  let rest = code;
  for (let found = /\.([a-z_]+)(?:\(\))?$/.exec(rest); found; found = /\.([a-z_]+)(?:\(\))?$/.exec(rest)) {
    const [whole, name = ''] = found;
    if (!CHANGES.has(name) || (/^time/.test(rest) && name !== 'to_s')) break;
    changes.unshift(name as Change);
    rest = rest.slice(0, -whole.length);
  }
  const source = parseSource(rest);
  return source && { source, changes };
}

function parseSource(code: string): Source | undefined {
  if (code.startsWith('record')) return recordSource(code.slice('record'.length));
  const indexed = /^tag_(parts|prefix|suffix)\[(-?\d+)\]$/.exec(code);
  if (indexed) return { from: indexed[1] as 'parts' | 'prefix' | 'suffix', index: Number(indexed[2]) };
  const text = /^(["'])([^"'\\#]*)\1$/.exec(code);
  if (text) return { from: 'text', text: text[2] as string };
  const strftime = /^time(?:\.(?:get|local)time)?\.strftime\((["'])([^"'\\#]*)\1\)$/.exec(code);
  if (strftime) return { from: 'time', format: strftime[2] as string, as: 'text' };
  switch (code) {
    case 'tag':
      return { from: 'tag' };
    case 'hostname':
    case 'Socket.gethostname':
      return { from: 'hostname' };
    case 'time':
      return { from: 'time', format: undefined, as: 'text' };
    case 'time.to_i':
      return { from: 'time', format: undefined, as: 'seconds' };
    case 'time.to_f':
      return { from: 'time', format: undefined, as: 'float' };
    default:
      return undefined;
  }
}

/** `["a"]["b"][0]`, `.dig("a", "b")`, `.fetch("a")`. */
function recordSource(code: string): Source | undefined {
  const dug = /^\.(?:dig|fetch)\((.*)\)$/.exec(code)?.[1];
  let rest =
    dug === undefined
      ? code
      : dug
          .split(',')
          .map((part) => `[${part.trim()}]`)
          .join('');
  const path: (string | number)[] = [];
  for (let step = STEP.exec(rest); step; step = STEP.exec(rest)) {
    const [whole, double, single, index] = step;
    path.push(index === undefined ? (double ?? single ?? '') : Number(index));
    rest = rest.slice(whole.length);
  }
  const [first, ...others] = path;
  return rest === '' && typeof first === 'string' ? { from: 'record', path: [first, ...others] } : undefined;
}

/** Splits at `||` outside of quotes. */
function splitAlternatives(code: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let quote = '';
  for (let i = 0; i < code.length; i++) {
    const char = code.charAt(i);
    if (quote) quote = char === quote ? '' : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (code.startsWith('||', i)) {
      parts.push(code.slice(start, i));
      start = ++i + 1;
    }
  }
  return [...parts, code.slice(start)];
}
