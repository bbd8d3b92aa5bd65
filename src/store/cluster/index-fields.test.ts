import { expect, test } from 'vitest';
import { FieldMap } from './index-fields.ts';

const one = (type: string, aggregatable = true, rest: object = {}): object => ({
  [type]: { type, searchable: true, aggregatable, ...rest },
});

const map = new FieldMap({
  '@timestamp': one('date'),
  message: one('text', false),
  'message.keyword': one('keyword'),
  log: one('text', false),
  kata_pid: { ...one('long'), ...one('keyword') },
  kata: one('object', false),
  'kata.level': one('keyword'),
  _HOSTNAME: one('keyword'),
  _tier: one('keyword'),
  _id: one('_id'),
  secret: { keyword: { type: 'keyword', searchable: false, aggregatable: true } },
  shape: one('geo_point'),
  overflow: one('flat_object', false),
} as ConstructorParameters<typeof FieldMap>[0]);

test.each([
  ['message', { kind: 'text', whole: 'message.keyword' }],
  ['log', { kind: 'text', whole: undefined }],
  ['kata_pid', { kind: 'keyword', whole: 'kata_pid' }],
  ['kata.level', { kind: 'keyword', whole: 'kata.level' }],
  ['_HOSTNAME', { kind: 'keyword', whole: '_HOSTNAME' }],
  ['_index', { kind: 'keyword', whole: '_index' }],
  ['shape', { kind: 'other', whole: 'shape' }],
  ['overflow.rare', { kind: 'keyword', whole: 'overflow.rare' }],
  ['kata', undefined],
  ['secret', undefined],
  ['_tier', undefined],
  ['_id', undefined],
  ['absent', undefined],
  ['__proto__', undefined],
])('%s', (name, wanted) => {
  expect(map.of(name)).toEqual(wanted);
});

test('a field that only repeats another one is not listed', () => {
  expect(map.names().map(({ name }) => name)).toEqual([
    'message',
    'log',
    'kata_pid',
    'kata.level',
    '_HOSTNAME',
    'shape',
    'overflow',
  ]);
});
