import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BulkForm } from '../../core/scanner.ts';
import {
  D_OFFSET,
  DROPPED,
  firstSpan,
  NO_KEY,
  setStatus,
  setTime,
  type Tape,
  W_CHECK,
  W_FANOUT,
} from '../../core/tape.ts';
import { PlainView } from './plain-view.ts';

const view = new PlainView();
const timestamp = view.scanner.keys.pin('@timestamp');
const HEAD = '{"create":{"_index":"logstash-2026.11.24","_id":"kABCDEFGHIJK';
const ALPHABET = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';

function form(tail = '', timestampKey = -1): BulkForm {
  return { head: view.put(HEAD), middle: view.put('"}}\n{'), tail: view.put(tail), timestampKey };
}

function bulk(tape: Tape, bulkForm: BulkForm): string {
  return view.text(view.scanner.encodeBulk(tape.start, tape.end, bulkForm));
}

function parse(lines: string): Tape {
  view.reset();
  return view.scanner.json(view.cut(lines), view.message);
}

/** The documents of a bulk body. */
function documents(body: string): string[] {
  return body.split('\n').filter((_, i) => i % 2 === 1);
}

/** A number in base 64, said plainly. */
function base64(value: bigint, characters: number): string {
  const digits = Array.from(
    { length: characters },
    (_, i) => ALPHABET[Number((value >> BigInt(6 * i)) & 63n)] as string,
  );
  return digits.reverse().join('');
}

test('the alphabet sorts as its values do', () => {
  expect([...ALPHABET].sort().join('')).toBe(ALPHABET);
});

describe('ids', () => {
  test.each([
    [0, 0, 0, '-------------'],
    [1, 1, 0, '-------0----0'],
    [63, 63, 1, '-------z----z.1'],
    [64, 64, 10, '------0----0-.10'],
    [2 ** 48 - 1, 2 ** 30 - 1, 4294967295, 'zzzzzzzzzzzzz.8388607.511'],
    [262_144, 683_119_872, 7, '----0---chtJ-.7'],
  ])('offset %d, check %d, fan-out %d', (offset, check, fanout, id) => {
    const tape = parse('{"a":1}\n');
    view.arena.f64[(tape.start >> 3) + D_OFFSET] = offset;
    view.arena.i32[(tape.start >> 2) + W_CHECK] = check;
    view.arena.i32[(tape.start >> 2) + W_FANOUT] = fanout;
    expect(bulk(tape, form())).toBe(`${HEAD}${id}"}}\n{"a":1}\n`);
  });

  test('any position', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 48n - 1n }),
        fc.integer({ min: 0, max: 2 ** 30 - 1 }),
        (offset, check) => {
          const tape = parse('{"a":1}\n');
          view.arena.f64[(tape.start >> 3) + D_OFFSET] = Number(offset);
          view.arena.i32[(tape.start >> 2) + W_CHECK] = check;
          expect(bulk(tape, form())).toContain(`${HEAD}${base64(offset, 8)}${base64(BigInt(check), 5)}"}}`);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('documents', () => {
  test.each([
    ['no field', '{}', '', -1, '{}'],
    ['no field but a tail', '{}', ',"tag":"kata"', -1, '{"tag":"kata"}'],
    ['no field but the time', '{}', '', timestamp, '{"@timestamp":"1970-01-01T00:00:07.000000005Z"}'],
    ['the time and a tail', '{}', ',"t":1', timestamp, '{"@timestamp":"1970-01-01T00:00:07.000000005Z","t":1}'],
    ['all', '{"a":1}', ',"t":1', timestamp, '{"a":1,"@timestamp":"1970-01-01T00:00:07.000000005Z","t":1}'],
    ['a time of its own', '{"@timestamp":"x","b":2}', ',"t":1', timestamp, '{"@timestamp":"x","b":2,"t":1}'],
  ])('%s', (_name, line, tail, timestampKey, document) => {
    const tape = parse(`${line}\n`);
    setTime(view.arena, tape.start, 7, 5);
    expect(documents(bulk(tape, form(tail, timestampKey)))).toEqual([document]);
  });

  test('a removed field is left out, wherever it stands', () => {
    const removed = [0, 1, 2].map((place) => {
      const tape = parse('{"a":1,"b":2,"c":3}\n');
      view.arena.i32[firstSpan(tape.start) + place * 4] = NO_KEY;
      return documents(bulk(tape, form()))[0];
    });
    expect(removed).toEqual(['{"b":2,"c":3}', '{"a":1,"c":3}', '{"a":1,"b":2}']);
  });

  test('only LIVE records are written', () => {
    const tape = parse('{"a":1}\nno\n{"b":2}\n{"c":3}\n');
    setStatus(view.arena.i32, view.records(tape)[2] as number, DROPPED);
    expect(documents(bulk(tape, form()))).toEqual(['{"a":1}', '{"c":3}']);
  });

  test('a part of a tape', () => {
    const tape = parse('{"a":1}\n{"b":2}\n{"c":3}\n');
    const [, from, until] = view.records(tape) as [number, number, number];
    const body = view.text(view.scanner.encodeBulk(from, until, form()));
    expect(documents(body)).toEqual(['{"b":2}']);
  });
});

describe('the time', () => {
  test.each([
    [0, 0, '1970-01-01T00:00:00.000000000Z'],
    [1_582_281_087, 810_781_647, '2020-02-21T10:31:27.810781647Z'],
    [-1, 999_999_999, '1969-12-31T23:59:59.999999999Z'],
    [951_782_400, 1, '2000-02-29T00:00:00.000000001Z'],
    [-62_167_219_200, 0, '0000-01-01T00:00:00.000000000Z'],
    [253_402_300_799, 0, '9999-12-31T23:59:59.000000000Z'],
    [253_402_300_800, 0, '9999-12-31T23:59:59.000000000Z'],
    [-62_167_219_201, 0, '0000-01-01T00:00:00.000000000Z'],
  ])('%d s + %d ns', (seconds, nanos, text) => {
    const tape = parse('{}\n');
    setTime(view.arena, tape.start, seconds, nanos);
    expect(documents(bulk(tape, form('', timestamp)))).toEqual([`{"@timestamp":"${text}"}`]);
  });

  test('any second is written as Date writes it', () => {
    const seconds = fc.integer({ min: -62_167_219_200, max: 253_402_300_799 });
    fc.assert(
      fc.property(seconds, fc.integer({ min: 0, max: 999_999_999 }), (second, nanos) => {
        const tape = parse('{}\n');
        setTime(view.arena, tape.start, second, nanos);
        const text = `${new Date(second * 1000).toISOString().slice(0, -5)}.${String(nanos).padStart(9, '0')}Z`;
        expect(documents(bulk(tape, form('', timestamp)))).toEqual([`{"@timestamp":"${text}"}`]);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('text', () => {
  test('is escaped as JSON.stringify does', () => {
    const controls = String.fromCharCode(...Array.from({ length: 128 }, (_, i) => i)).replace('\n', '');
    const text = fc.array(
      fc.oneof(fc.constantFrom(...controls, '"', '\\', '容', '😀', '\u2028'), fc.string({ maxLength: 20 })),
      {
        maxLength: 40,
      },
    );
    fc.assert(
      fc.property(text, (parts) => {
        const line = parts.join('').replaceAll('\n', '').replace(/\r+$/, '');
        view.reset();
        const tape = view.cut(`${line}\n`);
        const wanted = JSON.stringify({ message: line });
        expect(view.text(view.scanner.encodeRecord(tape.start))).toBe(wanted);
        expect(documents(bulk(tape, form()))).toEqual([wanted]);
      }),
      { numRuns: 2000 },
    );
  });

  test.each(Array.from({ length: 35 }, (_, length) => [length]))('of %d bytes with a quote at any place', (length) => {
    for (let at = 0; at <= length; at++) {
      const line = `${'x'.repeat(at)}"${'y'.repeat(length - at)}`;
      view.reset();
      expect(view.text(view.scanner.encodeRecord(view.cut(line).start))).toBe(JSON.stringify({ message: line }));
    }
  });
});

test('a body larger than the first room is whole', () => {
  const lines = Array.from({ length: 3000 }, (_, i) => `{"n":${i},"text":"${'z'.repeat(i % 1500)}"}`);
  const tape = parse(lines.join('\n'));
  expect(documents(bulk(tape, form()))).toEqual(lines);
  const text = '\0'.repeat(2 << 20);
  view.reset();
  const one = view.cut(`${text}\n`);
  expect(documents(bulk(one, form()))).toEqual([JSON.stringify({ message: text })]);
});

test('what is allocated behind a result does not lie in it', () => {
  const tape = parse('{"a":1}\n{"b":"\\n"}\n');
  const records = view.records(tape).map((record) => view.scanner.encodeRecord(record));
  const body = view.scanner.encodeBulk(tape.start, tape.end, form());
  const more = view.put('x'.repeat(1000));
  expect([...records, body].map((bytes) => view.text(bytes)).slice(0, 2)).toEqual(['{"a":1}', '{"b":"\\n"}']);
  expect(documents(view.text(body))).toEqual(['{"a":1}', '{"b":"\\n"}']);
  expect(more.start).toBeGreaterThanOrEqual(body.end);
});
