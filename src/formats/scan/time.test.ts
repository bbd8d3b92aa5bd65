import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DROPPED, firstSpan, KIND_JSON, KIND_TEXT, NO_KEY, S_KIND, setStatus, setTime } from '../../core/tape.ts';
import { PlainView } from './plain-view.ts';

const view = new PlainView();
const time = view.scanner.keys.pin('time');

/** The time read from `text`, `seconds.nanos`, or undefined. */
function read(text: string, kind: number = KIND_TEXT): string | undefined {
  view.reset();
  const tape = view.cut(`${text}\n`);
  if (kind === KIND_JSON) view.arena.i32[firstSpan(tape.start) + S_KIND] = KIND_JSON;
  const untimed = view.scanner.time(tape, view.message, false);
  const result = view.time(tape.start);
  const removed = view.arena.i32[firstSpan(tape.start)] === NO_KEY;
  expect([untimed, removed]).toEqual(result === undefined ? [1, false] : [0, true]);
  return result;
}

describe('read', () => {
  test.each([
    ['2020-02-21T10:31:27.810781647Z', '1582281087.810781647'],
    ['2020-02-21T10:31:27Z', '1582281087.000000000'],
    ['2020-02-21t10:31:27z', '1582281087.000000000'],
    ['2020-02-21 10:31:27Z', '1582281087.000000000'],
    ['2020-02-21T10:31:27.8Z', '1582281087.800000000'],
    ['2020-02-21T10:31:27.000000001Z', '1582281087.000000001'],
    ['2020-02-21T10:31:27.12345678Z', '1582281087.123456780'],
    ['2020-02-21T10:31:27.1234567899999Z', '1582281087.123456789'],
    [`2020-02-21T10:31:27.${'9'.repeat(40)}Z`, '1582281087.999999999'],
    ['2020-02-21T10:31:27+00:00', '1582281087.000000000'],
    ['2020-02-21T10:31:27-00:00', '1582281087.000000000'],
    ['2020-02-21T11:31:27.5+01:00', '1582281087.500000000'],
    ['2020-02-21T05:01:27-05:30', '1582281087.000000000'],
    ['2020-02-22T10:30:27+23:59', '1582281087.000000000'],
    ['2020-02-29T23:59:59Z', '1583020799.000000000'],
    ['2000-02-29T00:00:00Z', '951782400.000000000'],
    ['1970-01-01T00:00:00Z', '0.000000000'],
    ['1969-12-31T23:59:59.25Z', '-1.250000000'],
    ['0000-01-01T00:00:00Z', '-62167219200.000000000'],
    ['9999-12-31T23:59:59.999999999Z', '253402300799.999999999'],
  ])('%s', (text, wanted) => {
    expect(read(text)).toBe(wanted);
    expect(read(JSON.stringify(text), KIND_JSON)).toBe(wanted);
  });
});

describe('left alone', () => {
  test.each([
    [''],
    ['2020-02-21'],
    ['2020-02-21T10:31:27'],
    ['2020-02-21T10:31Z'],
    ['2020-02-21T10:31:60Z'],
    ['2020-02-21T10:60:27Z'],
    ['2020-02-21T24:00:00Z'],
    ['2020-02-30T10:31:27Z'],
    ['2019-02-29T10:31:27Z'],
    ['1900-02-29T10:31:27Z'],
    ['2020-04-31T10:31:27Z'],
    ['2020-13-01T10:31:27Z'],
    ['2020-00-01T10:31:27Z'],
    ['2020-01-00T10:31:27Z'],
    ['2020-02-21T10:31:27.Z'],
    ['2020-02-21T10:31:27,5Z'],
    ['2020-02-21T10:31:27.5'],
    ['2020-02-21T10:31:27.123456789'],
    ['2020-02-21T10:31:27.5x'],
    ['2020-02-21T10:31:27Z '],
    [' 2020-02-21T10:31:27Z'],
    ['2020-02-21T10:31:27ZZ'],
    ['2020-02-21T10:31:27+01'],
    ['2020-02-21T10:31:27+0100'],
    ['2020-02-21T10:31:27+24:00'],
    ['2020-02-21T10:31:27+01:60'],
    ['2020-02-21_10:31:27Z'],
    ['2020/02/21T10:31:27Z'],
    ['20-02-21T10:31:27Z00'],
    ['+020-02-21T10:31:27Z'],
    ['0000-01-01T00:00:00+00:01'],
    ['9999-12-31T23:59:59-00:01'],
    [`${'\0'.repeat(19)}Z`],
    ['1582281087'],
    ['Fri, 21 Feb 2020 10:31:27 GMT'],
  ])('%j', (text) => {
    expect(read(text)).toBeUndefined();
    // What the cache holds must not help.
    expect(read('2020-02-21T10:31:27Z')).toBe('1582281087.000000000');
    expect(read(text)).toBeUndefined();
  });

  test.each([
    ['1582281087'],
    ['null'],
    ['{"a":"2020-02-21T10:31:27Z"}'],
    ['["2020-02-21T10:31:27Z"]'],
    ['"2020\\u002d02-21T10:31:27Z"'],
  ])('the JSON value %s', (json) => {
    expect(read(json, KIND_JSON)).toBeUndefined();
  });
});

test('counts the records that have the key and no time', () => {
  view.reset();
  const lines = [
    '{"time":"2020-02-21T10:31:27Z"}',
    '{"time":"soon"}',
    '{"a":1}',
    '{"time":"later"}',
    '{"time":1}',
    '{"time":"never"}',
  ];
  const tape = view.scanner.json(view.cut(lines.join('\n')), view.message);
  const records = view.records(tape);
  setTime(view.arena, records[3] as number, 5, 0);
  setStatus(view.arena.i32, records[5] as number, DROPPED);
  expect(view.scanner.time(tape, time, true)).toBe(3);
  expect(records.map((record) => view.time(record))).toEqual([
    '1582281087.000000000',
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect(view.fields(records[0] as number).get('time')).toBe('"2020-02-21T10:31:27Z"');
  expect(view.scanner.time(tape, time, false)).toBe(3);
  expect([...view.fields(records[0] as number)]).toEqual([]);
});

test('any instant is read as Date reads it, to the nanosecond', () => {
  const instant = fc.record({
    ms: fc.integer({ min: Date.UTC(0, 0, 2) - 1_900 * 31_556_952_000, max: Date.UTC(9999, 11, 30) }),
    digits: fc.integer({ min: 0, max: 12 }),
    nanos: fc.integer({ min: 0, max: 999_999_999 }),
    offset: fc.option(fc.integer({ min: -1439, max: 1439 })),
  });
  fc.assert(
    fc.property(instant, ({ ms, digits, nanos, offset }) => {
      const seconds = Math.floor(ms / 1000);
      const shown = new Date((seconds + (offset ?? 0) * 60) * 1000).toISOString();
      fc.pre(/^\d{4}-/.test(shown));
      const fraction = String(nanos).padStart(9, '0').padEnd(12, '7').slice(0, digits);
      const minutes = Math.abs(offset ?? 0);
      const two = (value: number): string => String(value).padStart(2, '0');
      const zone =
        offset === null ? 'Z' : `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
      const text = `${shown.slice(0, 19)}${digits === 0 ? '' : `.${fraction}`}${zone}`;
      expect(read(text)).toBe(`${seconds}.${fraction.slice(0, 9).padEnd(9, '0')}`);
    }),
    { numRuns: 3000 },
  );
});
