// A record in the form of kata-log-parser: its entry, with time deltas.
import * as path from 'node:path';
import type { Instant } from '../core/event.ts';
import { readInstant } from '../kata/instant.ts';
import { STDIN } from '../readers/kata-inputs.ts';

/** What a line of `parse -o ndjson` says, as far as entries need it. */
export interface PrintedRecord {
  readonly '@timestamp'?: string;
  readonly kata: { readonly [name: string]: unknown };
  readonly fields?: { readonly [name: string]: unknown };
  readonly wrapper?: { readonly [name: string]: unknown };
  readonly source: { readonly path: string; readonly line: number };
  readonly raw?: string;
}

/** FormatVersion 0.0.2 of kata-log-parser, and what Katalog understood. */
export interface Entry {
  readonly Data: { readonly [name: string]: string };
  readonly Time: string;
  readonly Filename: string;
  readonly Level: string;
  readonly Msg: string;
  readonly Source: string;
  readonly Name: string;
  readonly Container: string;
  readonly Sandbox: string;
  readonly Line: number;
  /** From 1, in the order of the output. */
  readonly Count: number;
  /** Nanoseconds since the record before; 0 for the first. */
  readonly TimeDelta: number;
  readonly Pid: number;
  readonly kata: PrintedRecord['kata'];
}

export const ENTRY_FIELDS = [
  'Data',
  'Time',
  'Filename',
  'Level',
  'Msg',
  'Source',
  'Name',
  'Container',
  'Sandbox',
  'Line',
  'Count',
  'TimeDelta',
  'Pid',
] as const satisfies readonly (keyof Entry)[];

const STANDARD: ReadonlySet<string> = new Set(['time', 'msg', 'name', 'pid', 'source', 'container', 'sandbox']);

/** Makes entries of records in the order of the output. */
export class Entries {
  #count = 0;
  #last: Instant | undefined;

  next(record: PrintedRecord): Entry {
    const { kata, fields = {}, source } = record;
    const text = (name: string): string => textOf(fields[name] ?? record.wrapper?.[name]);
    const time = record['@timestamp'] ?? '';
    const data = Object.entries(fields).filter(([name]) => !STANDARD.has(name));
    return {
      Data: Object.fromEntries(data.map(([name, value]) => [name, textOf(value)])),
      Time: time,
      Filename: source.path === STDIN ? source.path : path.resolve(source.path),
      Level: textOf(kata['level']) || text('level'),
      Msg: textOf(kata['msg']),
      Source: record.fields === undefined && record.wrapper !== undefined ? 'vmconsole' : text('source'),
      Name: text('name'),
      Container: textOf(kata['container']),
      Sandbox: textOf(kata['sandbox']),
      Line: source.line,
      Count: ++this.#count,
      TimeDelta: this.#delta(time),
      Pid: Number(text('pid') || kata['pid'] || 0) || 0,
      kata,
    };
  }

  #delta(text: string): number {
    const time = readInstant(text);
    if (!time) return 0;
    const last = this.#last ?? time;
    this.#last = time;
    return nanosBetween(time, last);
  }
}

/** `a - b` in nanoseconds; exact up to a hundred days. */
export function nanosBetween(a: Instant, b: Instant): number {
  return (a.seconds - b.seconds) * 1e9 + (a.nanos - b.nanos);
}

export function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
