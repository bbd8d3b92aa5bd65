// The contract of the fast scanners and emitters (formats/scan): bytes in the arena to tape, tape to bytes.
import type { Arena } from './arena.ts';
import type { Keys } from './event.ts';
import type { Tape } from './tape.ts';

/** Addresses of bytes in the arena: `[start, end)`. */
export interface Bytes {
  readonly start: number;
  readonly end: number;
}

/** What `lines` is told. The bytes end with a line feed, or with the end of a stream that will never grow. */
export interface LinesInput extends Bytes {
  /** Offset of `start` in the stream. */
  readonly offset: number;
  /** Key that gets the text of the line. */
  readonly key: number;
  /** At most this many records; the caller goes on at `next`. */
  readonly maxRecords: number;
}

/** How a record becomes a bulk item; all bytes lie in the arena. */
export interface BulkForm {
  /** Action line up to the position part of the id: `{"create":{"_index":"logstash-2026.11.24","_id":"k` + 11 characters. */
  readonly head: Bytes;
  /** From the end of the id to the first field: `"}}` LF `{`. */
  readonly middle: Bytes;
  /** Behind the last field, before `}` LF; begins with a comma or is empty. */
  readonly tail: Bytes;
  /** Key of `@timestamp` when the document gets the event's time where the record has none of its own, else -1. */
  readonly timestampKey: number;
}

/** What a tape holds: enough to decide about a batch as a whole, without a walk over its records. */
export interface Survey {
  readonly live: number;
  /** Records with status NO_MATCH or BAD_TIME. */
  readonly refused: number;
  /** LIVE records that have no time. */
  readonly untimed: number;
  /** Earliest and latest second of the LIVE records that have a time; Infinity and -Infinity where there is none. */
  readonly earliest: number;
  readonly latest: number;
}

/** Records written out flat, as far as it went. */
export interface FlatLines extends Bytes {
  readonly count: number;
  /** Three doubles a line: offset and check (+ fan-out · 2^30) of its record, bytes of the line. */
  readonly facts: number;
  /** Least and greatest time, in ns; of no meaning without lines. */
  readonly earliest: bigint;
  readonly latest: bigint;
  /** The first record that is not among the lines. */
  readonly next: number;
  /** Whether it is not because there was no more room: asking again from there goes on. */
  readonly needsRoom: boolean;
}

/** Options of the logfmt scanner. */
export interface LogfmtOptions {
  /** Recognise the keys with blanks that Kata writes (`vm path=…`). */
  readonly blankKeys: boolean;
}

/**
 * What room kata uses of the scanner: functions that understand Kata's records where they lie, and tell what they have to
 * be told for it. Numbers and layouts are those of formats/scan/assembly/kata*.ts and facts.ts.
 */
export interface KataFunctions {
  /** Words to look for: `count` entries of 32 bytes at `list`, which stays: bytes, flag, bucket, 0, the word in lower case. */
  readonly setWords: (list: number, count: number) => void;
  /** The flags of all words that a text has. */
  readonly wordFlags: (start: number, end: number) => number;
  /** Names with blanks that logfmt may have, as formats/scan/blank-keys.ts encodes them. */
  readonly setKataPhrases: (list: number) => void;
  /** Fixed parts of what is written: a table of (start, end). */
  readonly setFragments: (table: number) => void;
  /** Makes void what is known of pods and of whose a container is. */
  readonly newGeneration: () => number;
  /** Bytes of room for a record of a tape; two are needed. */
  readonly TAPE_BYTES: { readonly value: number };
  readonly beginKata: (
    owner: number,
    redacts: boolean,
    results: number,
    lessons: number,
    lessonsEnd: number,
    tapes: number,
  ) => void;
  /** What the plain road holds: lines, stacks, anything; then `holdConsole` for each sandbox whose console is held. */
  readonly setHolds: (lines: boolean, stacks: boolean, any: boolean) => void;
  /** The line of which is asked may pass what is held of lines. */
  readonly passLine: () => void;
  readonly holdConsole: (start: number, end: number) => void;
  readonly setKataRoom: (out: number, end: number) => void;
  readonly setScratch: (start: number) => void;
  /** Room for the table of texts that were told, its bytes; makes it void. */
  readonly TOLD_BYTES: { readonly value: number };
  readonly setTold: (room: number) => void;
  readonly forgetTold: () => void;
  readonly setLearns: (kernel: boolean, agent: boolean) => void;
  /** Understands records from `record` on; where it stopped, see `stopReason`. */
  readonly understand: (record: number, until: number) => number;
  /** Before `understandLines`: the path as JSON, whether copies are looked for in other files, and under other identifiers,
   * whether the file is a console. */
  readonly beginLines: (path: number, end: number, files: boolean, idents: boolean, isConsole: boolean) => void;
  /** Wire forms seen in the file before, and those that its head has. */
  readonly setForms: (jsonForms: number, textForms: number, jsonAhead: number, textAhead: number) => void;
  /** Understands lines, each with its line feed, from the one at `start` on; where it stopped, see `stopReason`. */
  readonly understandLines: (start: number, end: number, line: number, offset: number) => number;
  /** Number of the line where it stopped. */
  readonly lineNumber: () => number;
  readonly jsonFormsSeen: () => number;
  readonly textFormsSeen: () => number;
  readonly stopReason: () => number;
  readonly resultsEnd: () => number;
  readonly takeLearned: () => number;
  readonly kataRoomWanted: () => number;
  readonly wantedUse: () => number;
  readonly setUse: (key: number, owner: number, use: number) => void;
  /** Address of the facts that have to be written. */
  readonly wantedFacts: () => number;
  /** The process of which is asked whose it is, and facts of the boot that counts it; the answer: facts of the sandbox, or 0. */
  readonly wantedProcess: () => number;
  readonly wantedProcessBoot: () => number;
  readonly noteProcess: (sandbox: number) => void;
  /** Of the container of which is asked: facts of the sandbox, or 0. */
  readonly noteContainer: (container: number, sandbox: number) => void;
  /** The long message of which is asked what it says; where the answer is to be written as facts; that it is there; that it is
   * not wanted any more. */
  readonly wantedMessage: () => number;
  readonly wantedMessageEnd: () => number;
  readonly messageFactsRoom: () => number;
  readonly noteMessage: () => void;
  readonly forgetMessage: () => void;
  /** The facts of a text; 0: there is no room. */
  readonly factsOf: (start: number, end: number) => number;
  readonly factsText: (facts: number) => number;
  readonly factsTextBytes: (facts: number) => number;
  /** Room for text that facts refer to; 0: none. */
  readonly factsRoom: (bytes: number) => number;
}

/**
 * Fast paths over the arena. Every returned tape or byte range is newly allocated on the arena's heap.
 * None throws on any input: what cannot be parsed becomes a record with status NO_MATCH and a reason.
 */
export interface Scanner {
  readonly arena: Arena;
  readonly keys: Keys;
  readonly kata: KataFunctions;

  /** Forgets every key that is not pinned if the table is more than half full. Only between two blocks. */
  tidy(): void;

  /**
   * Cuts a block into lines, one LIVE record each with the single span `key` of KIND_TEXT: offset, check, raw bytes and
   * source bytes set, no time. A trailing LF, CRLF or CR is chomped. Invalid UTF-8 is replaced by U+FFFD in a copy, as
   * WHATWG decoding does, and flagged.
   * @returns the tape and the address of the first byte not yet cut.
   */
  lines(input: LinesInput): { readonly tape: Tape; readonly next: number };

  /**
   * Parses the text of `key` of each LIVE record as one JSON object (RFC 8259; surrounding blanks allowed).
   * One record out per LIVE record in, in order, W_ORIGIN pointing at it, head fields copied; LIVE or NO_MATCH.
   * Duplicate keys: the last value wins, at the place of the first. No span holds a raw line feed or carriage return.
   */
  json(tape: Tape, key: number): Tape;

  /** As `json`, for logfmt: never NO_MATCH but for a missing field, too many fields or too long a key. */
  logfmt(tape: Tape, key: number, options: LogfmtOptions): Tape;

  /**
   * Gives each LIVE record the time that the text of `key` says in RFC 3339 with a zone, fraction of 1 to 9 digits or
   * none, and removes the span unless `keep`. Other texts are left alone, and their records have no time afterwards.
   * @returns how many LIVE records have the key but no time yet.
   */
  time(tape: Tape, key: number, keep: boolean): number;

  /**
   * Replaces every key id k of the records of `[from, until)` by `ids[k] - 1`; a 0 means that k has no new id yet.
   * @returns the first record with a key that has none: it and what follows are as they were; or `until`.
   */
  mapKeys(from: number, until: number, ids: Int32Array): number;

  /** Counts the records of a tape in one pass. */
  survey(tape: Tape): Survey;

  /** The record as one JSON object, without a line end. */
  encodeRecord(record: number): Bytes;

  /**
   * The LIVE records of `[from, until)`, at most `count`, each of which has a time, as lines of flat JSON by the names of
   * a table (formats/scan/flat-table.ts) in the arena. Stops at a record that the table does not cover.
   */
  encodeFlat(from: number, until: number, count: number, table: number): FlatLines;

  /** The LIVE records of `[from, until)` as bulk items (action line, document line). Every one needs a time. */
  encodeBulk(from: number, until: number, form: BulkForm): Bytes;
}
