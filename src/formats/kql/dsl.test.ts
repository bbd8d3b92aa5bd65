import { expect, test } from 'vitest';
import { compileDsl, type IndexedField } from './dsl.ts';
import { parseQuery } from './parse.ts';

const keyword = (whole: string): IndexedField => ({ kind: 'keyword', whole });
const INDEX: Readonly<Record<string, IndexedField>> = {
  'kata.level': keyword('kata.level'),
  kata_level: keyword('kata_level'),
  'kata.sandbox': keyword('kata.sandbox'),
  'kata.msg': { kind: 'text', whole: 'kata.msg.keyword' },
  MESSAGE: { kind: 'text', whole: undefined },
  note: { kind: 'text', whole: 'note.keyword' },
  'kata.pid': { kind: 'number', whole: 'kata.pid' },
  'kata.gap': { kind: 'boolean', whole: 'kata.gap' },
  'kata.guest_time': { kind: 'time', whole: 'kata.guest_time' },
  PRIORITY: keyword('PRIORITY'),
};

function dsl(text: string): unknown {
  const outcome = parseQuery(text);
  if (!outcome.ok) throw new Error(`${text}: ${JSON.stringify(outcome.problems)}`);
  return compileDsl(outcome.query, (name) => (Object.hasOwn(INDEX, name) ? INDEX[name] : undefined));
}

const NANOS = { format: 'strict_date_optional_time_nanos' };
const level = (field: string, value: string): object => ({ term: { [field]: { value, case_insensitive: true } } });

test.each([
  ['', { match_all: {} }],
  ['sandbox:2fa5', { term: { 'kata.sandbox': '2fa5' } }],
  ['sandbox:2fa5*', { wildcard: { 'kata.sandbox': { value: '2fa5*' } } }],
  ['sandbox:"a*b"', { term: { 'kata.sandbox': 'a*b' } }],
  ['sandbox:a?\\**', { wildcard: { 'kata.sandbox': { value: 'a\\?\\**' } } }],
  ['sandbox:*', { exists: { field: 'kata.sandbox' } }],
  ['not sandbox:*', { bool: { must_not: [{ exists: { field: 'kata.sandbox' } }] } }],
  ['absent:x', { match_none: {} }],
  ['kata.msg:"no such file"', { match_phrase: { 'kata.msg': 'no such file' } }],
  ['kata.msg:"..."', { match_none: {} }],
  ['kata.msg:creat*', { wildcard: { 'kata.msg': { value: 'creat*' } } }],
  [
    'kata.msg:create-sand*',
    {
      span_near: {
        clauses: [
          { span_term: { 'kata.msg': 'create' } },
          { span_multi: { match: { wildcard: { 'kata.msg': { value: 'sand*' } } } } },
        ],
        slop: 0,
        in_order: true,
      },
    },
  ],
  [
    'panic',
    {
      bool: {
        should: [{ match_phrase: { MESSAGE: 'panic' } }, { match_phrase: { 'kata.msg': 'panic' } }],
        minimum_should_match: 1,
      },
    },
  ],
  ['note:"a b"', { term: { 'note.keyword': 'a b' } }],
  ['kata.pid:42', { term: { 'kata.pid': '42' } }],
  ['kata.pid:x', { match_none: {} }],
  ['kata.pid > 42', { range: { 'kata.pid': { gt: 42 } } }],
  ['kata.pid:[1 TO 9}', { range: { 'kata.pid': { gte: 1, lt: 9 } } }],
  ['kata.gap:true', { term: { 'kata.gap': true } }],
  ['kata.gap:t*', { term: { 'kata.gap': true } }],
  ['PRIORITY > b', { range: { PRIORITY: { gt: 'b' } } }],
  ['@timestamp >= 2026-03-02', { range: { '@timestamp': { gt: '2026-03-01T23:59:59.999999999Z', ...NANOS } } }],
  [
    'kata.guest_time < "2026-03-02T00:00:00.000000001Z"',
    { range: { 'kata.guest_time': { lte: '2026-03-02T00:00:00.000000000Z', ...NANOS } } },
  ],
])('%s', (text, wanted) => {
  expect(dsl(text)).toEqual(wanted);
});

test('a level stands for all its spellings, in the first field that a record has', () => {
  const spelled = (field: string): object => ({
    bool: { should: [level(field, 'warning'), level(field, 'warn')], minimum_should_match: 1 },
  });
  expect(dsl('level:WARN')).toEqual({
    bool: {
      should: [
        spelled('kata.level'),
        { bool: { filter: [{ bool: { must_not: [{ exists: { field: 'kata.level' } }] } }, spelled('kata_level')] } },
      ],
      minimum_should_match: 1,
    },
  });
});

test.each([
  ['kata.pid:4*', '"kata.pid" holds numbers'],
  ['kata.pid > abc', '"kata.pid" holds numbers'],
  ['MESSAGE > a', '"MESSAGE" is cut into words'],
])('%s is refused: the index cannot say it', (text, message) => {
  expect(() => dsl(text)).toThrow(message);
});

test('numbers kept as words are compared as numbers', () => {
  const { regexp } = dsl('PRIORITY <= 3') as { readonly regexp: { readonly PRIORITY: { readonly value: string } } };
  const pattern = new RegExp(`^${regexp.PRIORITY.value}$`);
  expect(['3', '0', '-7', '10', '4', 'x'].map((text) => pattern.test(text))).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
});
