// A TOML file with its values and the places where they are written: smol-toml reads it but forgets where things stood.
import { parse, TomlError } from 'smol-toml';
import type { Place, Problem } from '../../core/problem.ts';

/** A configuration file: where it is, without the prefix of `--root`, and what is in it. */
export interface ConfigText {
  readonly path: string;
  readonly text: string;
}

export interface Found {
  readonly value: unknown;
  readonly place: Place;
}

type Table = Readonly<Record<string, unknown>>;

const HEADER = /^\s*\[\[?\s*(.+?)\s*\]\]?\s*(?:#.*)?$/;
const KEY = /^\s*("(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+(?:\s*\.\s*[A-Za-z0-9_-]+)*)\s*=/;

const unquoted = (part: string): string => part.trim().replace(/^(["'])(.*)\1$/, '$2');
const partsOf = (name: string): readonly string[] =>
  (name.match(/"(?:[^"\\]|\\.)*"|'[^']*'|[^.\s]+/g) ?? []).map(unquoted);

export class TomlFile {
  readonly path: string;
  readonly #root: Table;
  readonly #lines: readonly string[];

  constructor(path: string, root: Table, lines: readonly string[]) {
    this.path = path;
    this.#root = root;
    this.#lines = lines;
  }

  /** The tables directly under one, by name. */
  tables(...names: readonly string[]): readonly (readonly [string, Table])[] {
    const parent = this.#at(names);
    if (!isTable(parent)) return [];
    return Object.entries(parent).flatMap(([name, value]) => (isTable(value) ? [[name, value] as const] : []));
  }

  has(...names: readonly string[]): boolean {
    return this.#at(names) !== undefined;
  }

  /** A value and where it is written; `undefined` where the file does not set it. */
  find(...names: readonly string[]): Found | undefined {
    const value = this.#at(names);
    return value === undefined ? undefined : { value, place: this.placeOf(...names) };
  }

  /** Where a key is written; else the head of the deepest table that is there; else the first line. */
  placeOf(...names: readonly string[]): Place {
    let table: readonly string[] = [];
    let best = { depth: -1, line: 0 };
    for (const [index, line] of this.#lines.entries()) {
      const header = HEADER.exec(line)?.[1];
      if (header !== undefined) table = partsOf(header);
      const key = KEY.exec(line)?.[1];
      const full = key === undefined || header !== undefined ? table : [...table, ...partsOf(key)];
      const isPrefix = full.length <= names.length && full.every((part, at) => part === names[at]);
      if (isPrefix && full.length > best.depth && full.length > 0) best = { depth: full.length, line: index };
    }
    const text = this.#lines[best.line] ?? '';
    return { file: this.path, line: best.line + 1, column: text.length - text.trimStart().length + 1 };
  }

  #at(names: readonly string[]): unknown {
    let value: unknown = this.#root;
    for (const name of names) {
      if (!isTable(value) || !Object.hasOwn(value, name)) return undefined;
      value = value[name];
    }
    return value;
  }
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** The file, or what is wrong with it. */
export function readToml({ path, text }: ConfigText): TomlFile | Problem {
  try {
    return new TomlFile(path, parse(text), text.split('\n'));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return {
      code: 'doctor/bad-toml',
      severity: 'error',
      message: `this is no TOML, so its owner cannot read it either: ${error.message.split('\n', 1)[0]}`,
      place: { file: path, line: error.line, column: error.column },
    };
  }
}

/** Files that are read after each other, the later winning: a configuration and its drop-ins. */
export class TomlLayers {
  readonly files: readonly TomlFile[];

  constructor(files: readonly TomlFile[]) {
    this.files = files;
  }

  find(...names: readonly string[]): Found | undefined {
    for (const file of this.files.toReversed()) {
      const found = file.find(...names);
      if (found) return found;
    }
    return undefined;
  }

  /** Where a key that nobody sets would be written. */
  placeOf(...names: readonly string[]): Place {
    const file = this.files.findLast((each) => each.has(...names.slice(0, -1))) ?? this.files[0];
    return file ? file.placeOf(...names) : { file: '', line: 1, column: 1 };
  }

  names(...parents: readonly string[]): readonly string[] {
    return [...new Set(this.files.flatMap((file) => file.tables(...parents).map(([name]) => name)))];
  }
}
