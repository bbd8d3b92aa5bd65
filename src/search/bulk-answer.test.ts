import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAnswer } from './bulk-answer.ts';

const STORED = '{"create":{"status":201}}';
const CONFLICT =
  '{"create":{"status":409,"error":{"type":"version_conflict_engine_exception","reason":"[kA]: version conflict"}}}';
const REJECTED = '{"create":{"status":429,"error":{"type":"es_rejected_execution_exception","reason":"queue"}}}';
const MAPPING = '{"create":{"status":400,"error":{"type":"mapper_parsing_exception","reason":"no number"}}}';

function answer(items: readonly string[], rest = ''): Buffer {
  const failed = items.some((item) => item.includes('"error"'));
  return Buffer.from(`{"errors":${failed},"items":[${items.join(',')}]${rest}}`);
}

test.each([
  ['one stored item', [STORED], ['stored']],
  ['a stored and a duplicate one', [STORED, CONFLICT], ['stored', 'duplicate']],
  ['equal ones that the server is too busy for', [REJECTED, REJECTED], ['retry', 'retry']],
  ['equal refused ones', [MAPPING, MAPPING, MAPPING], ['refused', 'refused', 'refused']],
  ['a refused one in the middle', [STORED, MAPPING, STORED], ['stored', 'refused', 'stored']],
  ['a refused one at the end', [STORED, STORED, MAPPING], ['stored', 'stored', 'refused']],
  ['an item without a status', ['{"create":{}}', '{"create":{}}'], ['retry', 'retry']],
])('reads %s', (_, items, kinds) => {
  const verdict = readAnswer(200, answer(items), items.length);
  if (verdict.kind === 'items') expect(verdict.items.map(({ kind }) => kind)).toEqual(kinds);
  else expect([verdict.kind, ...kinds]).toEqual(['all-stored', 'stored']);
});

test.each([
  ['fewer items', answer([STORED, STORED]), 3],
  ['more items, which pair by pair look alike', answer([STORED, STORED, STORED, STORED]), 2],
  ['no items', Buffer.from('{"errors":false}'), 2],
  ['no JSON', Buffer.from('<html>'), 1],
  ['a list that is cut off', answer([STORED, STORED]).subarray(0, -3), 2],
])('asks again after an answer of %s', (_, body, items) => {
  expect(readAnswer(200, body, items).kind).toBe('retry');
});

test('knows that all is stored however the server writes it', () => {
  const items = [
    STORED,
    '{"index":{"_id":"k1","status":200}}',
    '{ "create": {"status": 201, "_shards": {"failed": 0}}}',
  ];
  expect(readAnswer(200, answer(items, ',"took":3'), 3)).toEqual({ kind: 'all-stored' });
});

test('the short way over equal items says what taking each apart says', () => {
  const item = fc.constantFrom(STORED, CONFLICT, REJECTED, MAPPING, '{"create":{"status":200}}', '{"create":[]}');
  const lists = fc.oneof(
    fc.tuple(item, fc.integer({ min: 1, max: 9 })).map(([one, count]) => Array<string>(count).fill(one)),
    fc.array(item, { minLength: 1, maxLength: 9 }),
  );
  fc.assert(
    fc.property(lists, fc.constantFrom('', ',"took":3', ',"ids":[]'), (items, rest) => {
      const usual = readAnswer(200, answer(items, rest), items.length);
      // A blank between two items is allowed and makes no two of them alike.
      const spaced = Buffer.from(answer(items, rest).toString().replace('},{', '} ,{'));
      expect(usual).toEqual(readAnswer(200, spaced, items.length));
    }),
  );
});
