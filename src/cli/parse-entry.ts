// A record in the form of kata-log-parser: its entry, with time deltas.
import * as path from 'node:path';
import type { Instant } from '../core/event.ts';
import { readInstant } from '../kata/instant.ts';
import { STDIN } from '../readers/kata-inputs.ts';
import type { PrintedRecord } from './parse-printed.ts';
import { type Said, saidOf } from './parse-said.ts';

const NANOS = 1_000_000_000n;

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
  readonly TimeDelta: bigint;
  readonly Pid: bigint;
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

/** Makes entries of records in the order of the output. */
export class Entries {
  readonly #unwraps: boolean;
  #count = 0;
  #last: Instant | undefined;

  /** @param unwraps whether wrapped records were to be unwrapped */
  constructor(unwraps: boolean) {
    this.#unwraps = unwraps;
  }

  next(record: PrintedRecord): Entry {
    const { source, time } = record;
    const { data, level, msg, source: from, name, container, sandbox, pid } = saidOf(record, this.#unwraps);
    return {
      Data: dataOf(data),
      Time: time,
      Filename: source.path === STDIN ? source.path : path.resolve(source.path),
      Level: withEscapes(level),
      Msg: withEscapes(msg),
      Source: withEscapes(from),
      Name: withEscapes(name),
      Container: container,
      Sandbox: sandbox,
      Line: source.line,
      Count: ++this.#count,
      TimeDelta: this.#delta(time),
      Pid: BigInt(pid),
    };
  }

  #delta(text: string): bigint {
    const time = readInstant(text);
    if (!time) return 0n;
    const last = this.#last ?? time;
    this.#last = time;
    return nanosBetween(time, last);
  }
}

function dataOf(pairs: Said['data']): Entry['Data'] {
  const data = Object.create(null) as Record<string, string>;
  for (const [name, value] of pairs) data[withEscapes(name)] = withEscapes(value);
  return data;
}

/** Bytes that logrus writes as `\x1b`. kata-log-parser leaves them so, and what reads its entries knows them by that. */
const ESCAPED = /[\x00-\x06\x0e-\x1f\x7f]/g;
const MAY_ESCAPE = /[\x00-\x06\x0e-\x1f\x7f]/;

function withEscapes(text: string): string {
  if (!MAY_ESCAPE.test(text)) return text;
  return text.replace(ESCAPED, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** `a - b` in nanoseconds. */
export function nanosBetween(a: Instant, b: Instant): bigint {
  return BigInt(a.seconds - b.seconds) * NANOS + BigInt(a.nanos - b.nanos);
}
