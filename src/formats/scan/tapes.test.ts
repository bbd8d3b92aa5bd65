// What the scanner does with whole tapes: counts them, and gives their fields other names.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Survey } from '../../core/scanner.ts';
import {
  BAD_TIME,
  DROPPED,
  firstSpan,
  LIVE,
  NO_KEY,
  NO_MATCH,
  setStatus,
  setTime,
  type Tape,
  W_STATUS,
  W_TIMED,
} from '../../core/tape.ts';
import { PlainView } from './plain-view.ts';

const view = new PlainView();

function parse(lines: string): Tape {
  view.reset();
  return view.scanner.json(view.cut(lines), view.message);
}

interface Made {
  readonly status: number;
  readonly seconds: number | undefined;
}

function tapeOf(records: readonly Made[]): Tape {
  const tape = parse('{"a":1,"b":2}\n'.repeat(records.length));
  for (const [i, record] of view.records(tape).entries()) {
    const { status, seconds } = records[i] as Made;
    setStatus(view.arena.i32, record, status);
    if (seconds !== undefined) setTime(view.arena, record, seconds, 7);
  }
  return tape;
}

function plainSurvey(records: readonly Made[]): Survey {
  const live = records.filter(({ status }) => status === LIVE);
  const seconds = live.map((record) => record.seconds).filter((second) => second !== undefined);
  return {
    live: live.length,
    refused: records.filter(({ status }) => status === NO_MATCH || status === BAD_TIME).length,
    untimed: live.length - seconds.length,
    earliest: Math.min(...seconds),
    latest: Math.max(...seconds),
  };
}

const made = fc.record({
  status: fc.constantFrom(LIVE, LIVE, LIVE, DROPPED, NO_MATCH, BAD_TIME),
  seconds: fc.option(fc.integer({ min: -62_167_219_200, max: 253_402_300_799 }), { nil: undefined }),
});

test('survey counts what there is', () => {
  fc.assert(
    fc.property(fc.array(made, { maxLength: 20 }), (records) => {
      expect(view.scanner.survey(tapeOf(records))).toEqual(plainSurvey(records));
    }),
  );
});

describe('mapKeys', () => {
  const { keys } = view.scanner;

  function names(tape: Tape): (readonly string[])[] {
    return view.records(tape).map((record) => [...view.fields(record).keys()]);
  }

  /** A table that knows these names: each gets `kata_` in front. */
  function prefixes(...known: readonly string[]): Int32Array {
    const made = known.map((name) => [keys.id(name), keys.id(`kata_${name}`) + 1] as const);
    const ids = new Int32Array(keys.size);
    for (const [id, mapped] of made) ids[id] = mapped;
    return ids;
  }

  test('renames every field that is there', () => {
    const tape = parse('{"a":1,"b":2}\n{"b":3,"c":4}\nno\n');
    view.arena.i32[firstSpan(tape.start)] = NO_KEY;
    expect(view.scanner.mapKeys(tape.start, tape.end, prefixes('b', 'c'))).toBe(tape.end);
    expect(names(tape)).toEqual([['kata_b'], ['kata_b', 'kata_c'], []]);
  });

  test('stops before the record with a name that the table does not know', () => {
    const tape = parse('{"a":1}\n{"a":2,"later":3}\n{"a":4}\n');
    const [, second] = view.records(tape) as [number, number, number];
    expect(view.scanner.mapKeys(tape.start, tape.end, prefixes('a'))).toBe(second);
    expect(names(tape)).toEqual([['kata_a'], ['a', 'later'], ['a']]);
  });

  test('a table may be shorter than the ids are many', () => {
    const tape = parse(`{"a":1}\n{"new to the table of keys ${keys.size}":2}\n`);
    const [, second] = view.records(tape) as [number, number];
    const known = prefixes('a').subarray(0, keys.id('a') + 1);
    expect(view.scanner.mapKeys(tape.start, tape.end, known)).toBe(second);
    expect(names(tape)[0]).toEqual(['kata_a']);
  });
});

test('time takes away a time that a record had and its text does not say', () => {
  const tape = parse('{"t":"2026-11-24T10:31:27Z"}\n{"t":"noon"}\n{}\n');
  const records = view.records(tape);
  for (const record of records) setTime(view.arena, record, 1, 1);
  setStatus(view.arena.i32, records[2] as number, NO_MATCH);
  expect(view.scanner.time(tape, keysId('t'), true)).toBe(1);
  expect(records.map((record) => view.word(record, W_TIMED))).toEqual([1, 0, 0]);
  expect(records.map((record) => view.word(record, W_STATUS))).toEqual([LIVE, LIVE, NO_MATCH]);
});

function keysId(name: string): number {
  return view.scanner.keys.id(name);
}
