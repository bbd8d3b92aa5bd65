import { describe, expect, test } from 'vitest';
import {
  DROPPED,
  firstSpan,
  KIND_JSON,
  LIVE,
  MAX_DEPTH,
  MAX_FIELDS,
  MAX_KEY_BYTES,
  NO_KEY,
  NO_MATCH,
  REASON_KEY_TOO_LONG,
  REASON_NO_FIELD,
  REASON_NOT_OBJECT,
  REASON_NOT_TEXT,
  REASON_SYNTAX,
  REASON_TOO_DEEP,
  REASON_TOO_MANY_FIELDS,
  S_END,
  S_KIND,
  S_START,
  setStatus,
  setTime,
  type Tape,
  W_CHECK,
  W_ORIGIN,
  W_REASON,
  W_REASON_AT,
  W_STATUS,
} from '../../core/tape.ts';
import { plainJson } from './plain-json.ts';
import { PlainView } from './plain-view.ts';

const view = new PlainView();

/** What becomes of one line: its object as it is written again, or the reason. */
function reparsed(line: string): string | number {
  view.reset();
  const record = view.scanner.json(view.cut(`${line}\n`), view.message).start;
  if (view.word(record, W_STATUS) === NO_MATCH) return view.word(record, W_REASON);
  return view.text(view.scanner.encodeRecord(record));
}

describe('objects', () => {
  test.each([
    ['nothing in it', '{}', '{}'],
    ['blanks', ' \t{ \r "a" : 1 ,\t"b":\r[ 1 , 2 ] } \t', '{"a":1,"b":[ 1 , 2 ]}'],
    ['a byte order mark', '\ufeff{"a":1}', '{"a":1}'],
    ['literals', '{"a":true,"b":false,"c":null}', '{"a":true,"b":false,"c":null}'],
    ['digits as they are', '{"a":12345678901234567890,"b":1e308,"c":1e400,"d":-0,"e":0.10}', undefined],
    ['escapes in values as they are', '{"a":"\\u003c\\n\\/","b":"\\ud800"}', undefined],
    ['escapes in keys', '{"\\u0061\\n\\"":1,"\\ud83d\\ude00":2,"\\ud800":3}', '{"a\\n\\"":1,"😀":2,"\\ud800":3}'],
    ['control characters in keys', '{"\\u0000\\u001f\\t\\b":1}', '{"\\u0000\\u001f\\t\\b":1}'],
    ['bytes above ASCII', '{"größe":"容器 😀"}', undefined],
    ['DEL and U+2028', '{"\x7f\u2028":"\x7f\u2028"}', undefined],
    ['an empty key', '{"":{"":[]}}', undefined],
    ['keys that look like indices', '{"b":1,"1":2,"a":3,"0":4}', undefined],
    ['__proto__', '{"__proto__":{"a":1},"constructor":2}', undefined],
    ['keys of any length', `{"${'a'.repeat(29)}":1,"${'a'.repeat(30)}":2,"${'b'.repeat(100)}":3}`, undefined],
    ['the longest key', `{"${'k'.repeat(MAX_KEY_BYTES)}":1}`, undefined],
  ])('%s', (_name, line, written) => {
    expect(reparsed(line)).toBe(written ?? line);
    // Once more, now that each key's successor is known.
    expect(reparsed(line)).toBe(written ?? line);
  });

  test.each([
    ['twice', '{"a":1,"b":2,"a":3}', '{"a":3,"b":2}'],
    ['three times', '{"a":1,"a":2,"b":3,"a":{"c":4}}', '{"a":{"c":4},"b":3}'],
    ['escaped once', '{"a":1,"b":2,"\\u0061":3}', '{"a":3,"b":2}'],
    ['below the top level, which stays', '{"x":{"a":1,"a":2}}', '{"x":{"a":1,"a":2}}'],
  ])('a key %s: the last value at the place of the first', (_name, line, written) => {
    expect(reparsed(line)).toBe(written);
    expect(JSON.parse(written)).toEqual(JSON.parse(line));
  });
});

describe('refusals', () => {
  test.each([
    ['nothing', '', REASON_NOT_OBJECT],
    ['blanks', '  \t ', REASON_NOT_OBJECT],
    ['an array', '[{"a":1}]', REASON_NOT_OBJECT],
    ['a scalar', '"a"', REASON_NOT_OBJECT],
    ['other text', 'time=1 level=info', REASON_NOT_OBJECT],
    ['two marks', '\ufeff\ufeff{}', REASON_NOT_OBJECT],
    ['a form feed before', '\f{}', REASON_NOT_OBJECT],
    ['a second object', '{"a":1}{"b":2}', REASON_SYNTAX],
    ['junk behind', '{"a":1} x', REASON_SYNTAX],
    ['NUL behind', '{"a":1}\0', REASON_SYNTAX],
    ['NUL inside', '{"a":\0 1}', REASON_SYNTAX],
    ['the half of an object', '{"a":1,', REASON_SYNTAX],
    ['the half of a string', '{"a":"b', REASON_SYNTAX],
    ['the half of an escape', '{"a":"\\u00', REASON_SYNTAX],
    ['the half of a literal', '{"a":tru', REASON_SYNTAX],
    ['a trailing comma', '{"a":1,}', REASON_SYNTAX],
    ['a trailing comma in an array', '{"a":[1,]}', REASON_SYNTAX],
    ['a leading comma', '{,"a":1}', REASON_SYNTAX],
    ['no comma', '{"a":1 "b":2}', REASON_SYNTAX],
    ['no colon', '{"a" 1}', REASON_SYNTAX],
    ['no value', '{"a":}', REASON_SYNTAX],
    ['a bare key', '{a:1}', REASON_SYNTAX],
    ['single quotes', "{'a':1}", REASON_SYNTAX],
    ['the wrong bracket', '{"a":[1}}', REASON_SYNTAX],
    ['a leading zero', '{"a":01}', REASON_SYNTAX],
    ['no digits', '{"a":-}', REASON_SYNTAX],
    ['no digit behind the point', '{"a":1.}', REASON_SYNTAX],
    ['no digit before the point', '{"a":.5}', REASON_SYNTAX],
    ['no digit in the exponent', '{"a":1e+}', REASON_SYNTAX],
    ['a plus', '{"a":+1}', REASON_SYNTAX],
    ['NaN', '{"a":NaN}', REASON_SYNTAX],
    ['an unknown escape', '{"a":"\\x41"}', REASON_SYNTAX],
    ['an unknown escape in a key', '{"\\x41":1}', REASON_SYNTAX],
    ['a raw tab in a string', '{"a":"\t"}', REASON_SYNTAX],
    ['a raw tab in a key', '{"\t":1}', REASON_SYNTAX],
    ['a key of 1025 bytes', `{"${'k'.repeat(MAX_KEY_BYTES + 1)}":1}`, REASON_KEY_TOO_LONG],
    ['a key of 1025 escapes', `{"${'\\u006b'.repeat(MAX_KEY_BYTES + 1)}":1}`, REASON_KEY_TOO_LONG],
  ])('%s', (_name, line, reason) => {
    expect(reparsed(line)).toBe(reason);
    expect(plainJson(line)).toEqual({ ok: false, reason });
  });

  test('say where', () => {
    view.reset();
    const tape = view.cut('{"a":1,"b":x}\n');
    const record = view.scanner.json(tape, view.message).start;
    const text = view.word(tape.start, 20 + S_START);
    expect(view.word(record, W_REASON_AT) - text).toBe(11);
  });

  test('leave the source as it was', () => {
    view.reset();
    const block = view.put('{"a":1\n{"b":2}\nx');
    const { tape } = view.scanner.lines({ ...block, offset: 0, key: view.message, maxRecords: 10 });
    view.scanner.json(tape, view.message);
    expect(view.text(block)).toBe('{"a":1\n{"b":2}\nx');
  });
});

describe('limits', () => {
  const nested = (depth: number): string => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
  const objects = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
  test.each([
    ['arrays', nested(MAX_DEPTH), nested(MAX_DEPTH + 1)],
    ['objects', objects(MAX_DEPTH), objects(MAX_DEPTH + 1)],
    ['never closed', nested(2), `{"a":${'['.repeat(100_000)}`],
  ])('nesting: %s', (_name, deepest, deeper) => {
    expect(reparsed(deepest)).toBe(deepest);
    expect(reparsed(deeper)).toBe(REASON_TOO_DEEP);
  });

  const fields = (count: number): string => `{${Array.from({ length: count }, (_, i) => `"f${i}":${i}`).join(',')}`;
  test('fields', () => {
    expect(reparsed(`${fields(MAX_FIELDS)}}`)).toBe(`${fields(MAX_FIELDS)}}`);
    expect(reparsed(`${fields(MAX_FIELDS + 1)}}`)).toBe(REASON_TOO_MANY_FIELDS);
    expect(reparsed(`${fields(MAX_FIELDS)},"f0":"again"}`)).toBe(
      `${fields(MAX_FIELDS).replace('"f0":0', '"f0":"again"')}}`,
    );
  });

  test('a line of 1 MiB', () => {
    const line = `{"a":"${'x\\n'.repeat(350_000)}","b":[${'1,'.repeat(100_000)}1]}`;
    expect(reparsed(line)).toBe(line);
  });

  test('a block of the smallest records', () => {
    view.reset();
    const tape = view.scanner.json(view.cut('{"":1}\n'.repeat(20_000)), view.message);
    expect(tape.count).toBe(20_000);
    const spans = view.records(tape).map((record) => view.fields(record).get(''));
    expect(new Set(spans)).toEqual(new Set(['1']));
  });
});

/** A tape of one record whose only field is a JSON value. */
function jsonField(value: string): Tape {
  view.reset();
  const tape = view.cut('x\n');
  const { start, end } = view.put(value);
  const span = firstSpan(tape.start);
  const { i32 } = view.arena;
  i32[span + S_KIND] = KIND_JSON;
  i32[span + S_START] = start;
  i32[span + S_END] = end;
  return tape;
}

describe('the field that is parsed', () => {
  test.each([
    ['a JSON string', JSON.stringify('{"a":1}'), '{"a":1}'],
    ['with escapes', JSON.stringify('{"a":"b\\n","größe":"\\"😀"}'), '{"a":"b\\n","größe":"\\"😀"}'],
    [
      'with every character escaped',
      `"${[...'{"a":1}'].map((c) => `\\u00${c.charCodeAt(0).toString(16)}`).join('')}"`,
      '{"a":1}',
    ],
    ['with half a surrogate pair', '"{\\"a\\":\\"\\ud83d\\"}"', '{"a":"\ufffd"}'],
  ])('%s', (_name, value, written) => {
    const record = view.scanner.json(jsonField(value), view.message).start;
    expect(view.text(view.scanner.encodeRecord(record))).toBe(written);
  });

  test('a control character that was escaped once only', () => {
    const record = view.scanner.json(jsonField('"{\\"a\\":\\"\\u0001\\"}"'), view.message).start;
    expect([view.word(record, W_STATUS), view.word(record, W_REASON)]).toEqual([NO_MATCH, REASON_SYNTAX]);
  });

  test.each([['{"a":1}'], ['[1]'], ['12'], ['true'], ['null']])('the JSON value %s is no text', (value) => {
    const record = view.scanner.json(jsonField(value), view.message).start;
    expect([view.word(record, W_STATUS), view.word(record, W_REASON)]).toEqual([NO_MATCH, REASON_NOT_TEXT]);
  });

  test.each([['another key'], ['a removed span']])('missing: %s', (name) => {
    view.reset();
    const tape = view.cut('{"a":1}\n');
    const key = name === 'another key' ? view.scanner.keys.pin('other') : view.message;
    if (key === view.message) view.arena.i32[firstSpan(tape.start)] = NO_KEY;
    const record = view.scanner.json(tape, key).start;
    expect([view.word(record, W_STATUS), view.word(record, W_REASON)]).toEqual([NO_MATCH, REASON_NO_FIELD]);
  });

  test('line breaks between tokens are allowed, and left out of nested values', () => {
    const record = view.scanner.json(
      jsonField(JSON.stringify('{\r\n"a":\n{"b":\r\n[1,\n2]},\n"c":"x"\n}\n')),
      view.message,
    ).start;
    expect(view.text(view.scanner.encodeRecord(record))).toBe('{"a":{"b":[1,2]},"c":"x"}');
  });
});

test('one record out for each LIVE one in, with its head', () => {
  view.reset();
  const tape = view.cut('{"a":1}\nno\n{"b":2}\n{"c":3}\n', 4096);
  const [first, second, third, fourth] = view.records(tape) as [number, number, number, number];
  setStatus(view.arena.i32, third, DROPPED);
  setTime(view.arena, fourth, 17, 5);
  const parsed = view.scanner.json(tape, view.message);
  const records = view.records(parsed);
  expect(parsed.count).toBe(3);
  expect(records.map((record) => view.word(record, W_ORIGIN))).toEqual([first, second, fourth]);
  expect(records.map((record) => view.word(record, W_STATUS))).toEqual([LIVE, NO_MATCH, LIVE]);
  expect(records.map((record) => view.word(record, W_CHECK))).toEqual(
    [first, second, fourth].map((origin) => view.word(origin, W_CHECK)),
  );
  expect(records.map((record) => view.time(record))).toEqual([undefined, undefined, '17.000000005']);
});
