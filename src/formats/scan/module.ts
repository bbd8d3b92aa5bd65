// The scanner module, instantiated over an arena's memory.
import type { KataFunctions } from '../../core/scanner.ts';
import { MODULE_BASE64 } from './module.generated.ts';

/** What assembly/index.ts exports. Addresses are bytes in the arena, tapes are `[from, until)`. */
export interface ScannerModule extends KataFunctions {
  readonly keyCount: () => number;
  readonly keysCrowded: () => number;
  readonly seedKeys: (seed: bigint) => void;
  readonly pinKeys: () => void;
  readonly resetKeys: () => void;
  readonly internKey: (text: number, bytes: number) => number;
  readonly nodeOf: (id: number) => number;
  readonly writeUnescaped: (start: number, end: number, out: number, keepSurrogates: number) => number;

  readonly scratchTop: () => number;
  readonly fieldBytes: (from: number, until: number, key: number) => number;

  readonly lines: (start: number, end: number, offset: number, key: number, maxRecords: number, out: number) => number;
  readonly linesCount: () => number;
  readonly linesNext: () => number;
  readonly json: (from: number, until: number, key: number, out: number) => number;
  readonly jsonCount: () => number;
  readonly logfmt: (from: number, until: number, key: number, out: number, phrases: number) => number;
  readonly logfmtCount: () => number;
  readonly time: (from: number, until: number, key: number, keep: number) => number;
  readonly mapKeys: (from: number, until: number, map: number, mapped: number) => number;
  readonly survey: (from: number, until: number) => number;

  readonly encodedBytes: (record: number) => number;
  readonly encodeRecord: (record: number, out: number, limit: number) => number;
  readonly setHead: (start: number, end: number) => void;
  readonly setMiddle: (start: number, end: number) => void;
  readonly setTail: (start: number, end: number) => void;
  readonly setTimestampKey: (key: number) => void;
  readonly encodeBulk: (from: number, until: number, out: number, limit: number) => number;
  readonly bulkResume: () => number;

  readonly flat: (from: number, until: number, table: number, facts: number, out: number, limit: number) => number;
  readonly flatResume: () => number;
  readonly flatNeedsRoom: () => number;
  readonly flatLines: () => number;
  readonly flatEarliest: () => bigint;
  readonly flatLatest: () => bigint;

  readonly xxh64: (start: number, end: number) => bigint;
  readonly N_TOKEN: { readonly value: number };
  readonly N_TOKEN_BYTES: { readonly value: number };
}

/** Everything the module exports over `memory`: functions, and its layout as constant globals. */
export function moduleExports(memory: WebAssembly.Memory): object {
  const module = new WebAssembly.Module(Buffer.from(MODULE_BASE64, 'base64'));
  return new WebAssembly.Instance(module, { env: { memory } }).exports;
}

export function instantiate(memory: WebAssembly.Memory): ScannerModule {
  return moduleExports(memory) as ScannerModule;
}
