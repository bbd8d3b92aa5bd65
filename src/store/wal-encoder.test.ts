// The law of the encoder: lines written by the scanner module say what the plain way says, on any records.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Arena } from '../core/arena.ts';
import { D_SECONDS, LIVE, setStatus, setTime, type Tape, W_FANOUT, W_NANOS, W_STATUS } from '../core/tape.ts';
import { createScanner } from '../formats/scan/scanner.ts';
import { originOf, type WalBatch, WalEncoder } from './wal-encoder.ts';

const RUNS = 120;
const STREAM = 'aaaaaaaaaaa';
const TAG = { field: 'tag', value: 'a "tag"\n' };

const arena = new Arena();
const scanner = createScanner(arena);
const lineKey = scanner.keys.pin('line');
const mark = arena.mark();

/** The records of some JSON lines, with times; every fifth is dropped. */
function tapeOf(lines: readonly string[]): Tape {
  const text = Buffer.from(`${lines.join('\n')}\n`);
  const start = arena.alloc(text.length);
  arena.u8.set(text, start);
  const block = { start, end: start + text.length, offset: 2 ** 40, key: lineKey, maxRecords: lines.length };
  const tape = scanner.json(scanner.lines(block).tape, lineKey);
  let n = 0;
  for (let record = tape.start; record < tape.end; record += arena.i32[record >> 2] as number, n++) {
    if (arena.i32[(record >> 2) + W_STATUS] !== LIVE) continue;
    setTime(arena, record, n % 7 === 6 ? 1e11 : 1_700_000_000 - n * 1e9, 999_999_000 + n);
    if (n % 5 === 4) setStatus(arena.i32, record, 1);
    if (n % 4 === 3) arena.i32[(record >> 2) + W_FANOUT] = n;
  }
  return tape;
}

function plainly(encoder: WalEncoder, tape: Tape): WalBatch {
  for (let record = tape.start; record < tape.end; record += arena.i32[record >> 2] as number) {
    if (arena.i32[(record >> 2) + W_STATUS] !== LIVE) continue;
    const time = {
      seconds: arena.f64[(record >> 3) + D_SECONDS] as number,
      nanos: arena.i32[(record >> 2) + W_NANOS] as number,
    };
    encoder.add(record, originOf(arena, record, STREAM), time, TAG);
  }
  return encoder.take();
}

function fast(encoder: WalEncoder, tape: Tape): WalBatch {
  encoder.addTape(scanner, tape, STREAM, TAG);
  return encoder.take();
}

/** A batch as values; the spelling of escapes is free. */
function said({ bytes, ends, columns, bagged, ...rest }: WalBatch): unknown {
  const lines = ends.map((end, i) => bytes.toString('utf8', ends[i - 1] ?? 0, end));
  const parsed = lines.map((line) => [/^\{"_t":(-?\d+),/.exec(line)?.[1], JSON.stringify(JSON.parse(line))]);
  return { ...rest, parsed, columns: [...columns].sort(), bagged: [...bagged].sort() };
}

const key = fc.constantFrom('a', 'b', 'tag', 'kata', 'kata.level', 'Level', 'größe', 'with "quote"', '__proto__', '');
const text = fc.oneof(
  fc.constantFrom('', 'x', 'a\nb', 'say "hi"', '\u0001', 'é', '\ud83d\ude00', '\ud800', 'back\\slash'),
  fc.string({ maxLength: 60 }),
);
const number = fc.constantFrom('0', '-1.50', '1e3', '12345678901234567890');
const leaf = fc.oneof(
  text.map((value) => JSON.stringify(value)),
  number,
  fc.constantFrom('true', 'false', 'null', '[]', '[1,"x",{"a":[]}]', '{}', '"\\/\\u00e9"'),
);
const { value: jsonValue } = fc.letrec<{ value: string; object: string }>((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, leaf, tie('object')),
  object: fc
    .tuple(fc.array(fc.tuple(key, tie('value')), { maxLength: 5 }), fc.constantFrom('', ' ', '  '))
    .map(
      ([members, blank]) =>
        `{${members.map(([name, value]) => `${blank}${JSON.stringify(name)}${blank}:${blank}${value}`).join(',')}${blank}}`,
    ),
}));
const line = fc
  .array(fc.tuple(key, jsonValue), { maxLength: 6 })
  .map((members) => `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`);

test('fast lines say what plain ones say', () => {
  fc.assert(
    fc.property(fc.array(fc.array(line, { minLength: 1, maxLength: 12 }), { maxLength: 4 }), (tapes) => {
      const plain = new WalEncoder(arena, scanner.keys);
      const quick = new WalEncoder(arena, scanner.keys);
      for (const lines of tapes) {
        const tape = tapeOf(lines);
        const wanted = said(plainly(plain, tape));
        const got = said(fast(quick, tape));
        arena.release(mark);
        expect(got).toEqual(wanted);
      }
    }),
    { numRuns: RUNS },
  );
});

test('a record larger than the room, among small ones', () => {
  const large = JSON.stringify({ a: 'x'.repeat(3 << 20), b: 1 });
  const lines = ['{"a":"1","b":1}', large, '{"a":"2","b":2}', ...Array(3000).fill(`{"a":"${'y'.repeat(500)}"}`)];
  const tape = tapeOf(lines);
  const wanted = said(plainly(new WalEncoder(arena, scanner.keys), tape));
  expect(said(fast(new WalEncoder(arena, scanner.keys), tape))).toEqual(wanted);
  arena.release(mark);
});
