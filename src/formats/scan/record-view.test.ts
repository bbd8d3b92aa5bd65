import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type FieldPath, parseFieldPath } from '../../core/field-path.ts';
import type { Json } from '../../core/plugin.ts';
import { editRecords, RecordView } from '../../core/record-view.ts';
import type { Tape } from '../../core/tape.ts';
import { PlainView } from './plain-view.ts';

const plain = new PlainView();
const view = new RecordView({ arena: plain.arena, keys: plain.scanner.keys });

function parsed(json: string): Tape {
  plain.reset();
  return plain.scanner.json(plain.cut(`${json}\n`), plain.message);
}

/** The records after `edit`, as they are written out. */
function edited(json: string, edit: (view: RecordView) => boolean | undefined): string[] {
  const tape = parsed(json);
  const segment = {
    streamKey: 'k',
    start: 0,
    timeAt: () => ({ seconds: 0, nanos: 0 }),
    cutOf: () => undefined,
    isJoined: () => false,
  };
  const batch = { tag: 't', segment, arena: plain.arena, tape };
  editRecords(batch, view, edit);
  return plain.records(batch.tape).map((record) => plain.text(plain.scanner.encodeRecord(record)));
}

test.each<[string, FieldPath | undefined]>([
  ['a', ['a']],
  ['a.b', ['a.b']],
  ['$.a', ['a']],
  ['$.a.b[0].c', ['a', 'b', 0, 'c']],
  [`$['a.b'][-1]["c d"]`, ['a.b', -1, 'c d']],
  ['$.a..b', undefined],
  ['$[0]', undefined],
  ['$.a[', undefined],
  ['$.', undefined],
  ['', undefined],
])('accessor %s', (text, path) => {
  expect(parseFieldPath(text)).toEqual(path);
});

test.each<[string, (view: RecordView) => unknown, string]>([
  ['{"a":1}', (v) => v.set('b', 'x"y'), '{"a":1,"b":"x\\"y"}'],
  ['{"a":1}', (v) => v.set('a', { b: [null] }), '{"a":{"b":[null]}}'],
  ['{"a":1,"b":2}', (v) => v.remove('a'), '{"b":2}'],
  ['{"a":1,"b":2}', (v) => v.remove('c'), '{"a":1,"b":2}'],
  ['{"a":1,"b":2}', (v) => v.rename('b', 'a'), '{"a":2}'],
  ['{"a":1,"b":2}', (v) => v.rename('a', 'c'), '{"c":1,"b":2}'],
  ['{"a":{"n":12345678901234567890,"x":1}}', (v) => v.remove(['a', 'x']), '{"a":{"n":12345678901234567890}}'],
  ['{"a":{"x":1, "x" : 2}}', (v) => v.remove(['a', 'x']), '{"a":{}}'],
  ['{"a":[1,[2],{"b":3}]}', (v) => v.remove(['a', 1]), '{"a":[1,{"b":3}]}'],
  ['{"a":[1,{"b":3,"c":"],"}]}', (v) => v.remove(['a', -1, 'b']), '{"a":[1,{"c":"],"}]}'],
  ['{"a":"text"}', (v) => v.remove(['a', 'b']), '{"a":"text"}'],
])('%s edited', (json, edit, result) => {
  const change = (one: RecordView): undefined => {
    edit(one);
    return undefined;
  };
  expect(edited(json, change)).toEqual([result]);
});

test('reading', () => {
  view.at(parsed('{"s":"a\\nb","n":1e400,"big":12345678901234567890,"o":{"é":[{"\\u0061":true}]},"z":null}').start);
  expect(view.keys()).toEqual(['s', 'n', 'big', 'o', 'z']);
  expect(view.text('s')).toBe('a\nb');
  expect(view.text('n')).toBeUndefined();
  expect(view.json('big')).toBe('12345678901234567890');
  expect(view.get(['o', 'é', 0, 'a'])).toBe(true);
  expect(view.get(['o', 'é', 1])).toBeUndefined();
  expect([view.has('z'), view.has('y'), view.get('z')]).toEqual([true, false, null]);
  expect(view.time).toBeUndefined();
  view.time = -1_500_000_000n;
  expect(plain.time(view.record)).toBe('-2.500000000');
  expect(view.time).toBe(-1_500_000_000n);
});

test('many new fields, and records that are dropped', () => {
  const json = Array.from({ length: 50 }, (_, i) => `{"i":${i}}`).join('\n');
  const result = edited(json, (one) => {
    for (let k = 0; k < 100; k++) one.set(`f${k}`, k);
    return (one.get('i') as number) % 2 === 0;
  });
  expect(result).toHaveLength(25);
  expect(JSON.parse(result[24] as string)).toMatchObject({ i: 48, f0: 0, f99: 99 });
});

test('what is removed at a path is what delete removes', () => {
  const key = fc.constantFrom('a', 'b', '"', '\u2028', '__proto__');
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(1, 'x', null, ' "],}'),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.array(fc.tuple(key, tie('value')), { maxLength: 3 }).map((pairs) => new Map(pairs as [string, unknown][])),
    ),
  })).value;
  const step = fc.oneof(key, fc.nat(2));
  fc.assert(
    fc.property(value, fc.array(step, { maxLength: 3 }), (inner, path) => {
      const json = `{"top":${toJson(inner)}}`;
      const [result] = edited(json, (one) => {
        one.remove(['top', ...path]);
        return undefined;
      });
      expect(result).toBe(path.length === 0 ? '{}' : `{"top":${toJson(without(inner, path))}}`);
    }),
    { numRuns: 500 },
  );
});

function toJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toJson).join(',')}]`;
  if (!(value instanceof Map)) return JSON.stringify(value);
  return `{${[...value].map(([name, own]) => `${JSON.stringify(name)}:${toJson(own)}`).join(',')}}`;
}

function without(value: unknown, [step, ...rest]: readonly (string | number)[]): unknown {
  if (Array.isArray(value) && typeof step === 'number') {
    if (rest.length === 0) return value.filter((_, index) => index !== step);
    return value.map((own, index) => (index === step ? without(own, rest) : own) as Json);
  }
  if (!(value instanceof Map) || typeof step !== 'string' || !value.has(step)) return value;
  const copy = new Map(value);
  if (rest.length === 0) copy.delete(step);
  else copy.set(step, without(copy.get(step), rest));
  return copy;
}
