// The law of the compilers: on any records and any query the store's SQL finds what the predicate finds, in write-ahead
// files and in sealed segments alike.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Clock, Log } from '../core/plugin.ts';
import { compilePredicate } from '../formats/kql/predicate.ts';
import type { Match, Query } from '../formats/kql/query.ts';
import { timeText } from '../formats/kql/time-bound.ts';
import { documentId } from '../search/id.ts';
import { readField, type StoredRecord } from './log-store.ts';
import { openForWriting } from './open-store.ts';

/** More of both: KATALOG_RUNS=1000 KATALOG_SEED=7. */
const SEED = Number(process.env['KATALOG_SEED'] ?? 20261125);
const DOCUMENTS = 120;

const signal = new AbortController().signal;
const clock: Clock = {
  now: () => ({ seconds: 1_772_500_000, nanos: 0 }),
  monotonicMs: () => performance.now(),
  sleep: (_ms, end) => new Promise((_, reject) => end.addEventListener('abort', () => reject(end.reason as Error))),
};
const silent: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const START = 1_772_409_600_000_000_000n;

const FIELDS = [
  'level',
  'kata_level',
  'kata.level',
  'message',
  'kata.msg',
  'MESSAGE',
  'n',
  'Sandbox',
  'sandbox',
  'list',
  'a/b~c',
];
const WORDS = [
  'error',
  'WARN',
  'warning',
  'Foo',
  'foo',
  'b_r',
  'x-y',
  '42',
  '7',
  '-3.5',
  '1e2',
  '%_*\\',
  "a'b\u0000; --",
  'zoë',
  "it's",
  ' ',
  '',
];
const word = fc.constantFrom(...WORDS);
const text = fc.array(word, { maxLength: 4 }).map((words) => words.join(' '));
const scalar = fc.oneof(text, word, fc.integer({ min: -5, max: 50 }), fc.boolean());
const value = fc.oneof({ weight: 6, arbitrary: scalar }, fc.array(scalar, { maxLength: 3 }), fc.constant(null));
const document = fc.dictionary(fc.constantFrom(...FIELDS), value, { maxKeys: 6 });

const pieces = fc.oneof(
  word.map((piece) => [piece]),
  text.map((piece) => [piece]),
  fc
    .array(fc.constantFrom('', 'o', 'fo', 'err', '4', 'x-'), { minLength: 2, maxLength: 3 })
    .filter((parts) => parts.some(Boolean)),
);
const bound = fc.record({ value: word, inclusive: fc.boolean() });
const match: fc.Arbitrary<Match> = fc.oneof(
  pieces.map((parts) => ({ kind: 'text' as const, pieces: parts })),
  fc.constant({ kind: 'exists' as const }),
  fc.record({ kind: fc.constant('range' as const), low: bound }),
  fc.record({ kind: fc.constant('range' as const), low: bound, high: bound }),
);
const time = fc
  .integer({ min: 0, max: 8 })
  .map((n) => ({ value: timeText(START + BigInt(n)), inclusive: n % 2 === 0 }));
const leaf: fc.Arbitrary<Query> = fc.oneof(
  fc.record({ kind: fc.constant('field' as const), field: fc.constantFrom(...FIELDS, 'absent'), match }),
  pieces.map((parts) => ({ kind: 'anywhere' as const, match: { kind: 'text' as const, pieces: parts } })),
  time.map((low) => ({ kind: 'field' as const, field: '@timestamp', match: { kind: 'range' as const, low } })),
);
const query = fc.letrec<{ query: Query }>((tie) => ({
  query: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      parts: fc.array(tie('query'), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant('not' as const), part: tie('query') }),
  ),
})).query;

function ids(records: readonly StoredRecord[]): string[] {
  return records.map(({ id }) => id).sort();
}

test('SQL finds what the predicate finds', async () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'katalog-kql-'));
  const { store, writer, close } = await openForWriting({ directory, clock, log: silent });
  const records = fc.sample(document, { numRuns: DOCUMENTS, seed: SEED }).map((one, n) => ({
    id: documentId('aaaaaaaaaaa', n, 1, 0),
    time: START + BigInt(n),
    document: JSON.stringify(one),
  }));
  await store.append(records.slice(0, DOCUMENTS / 2), signal);
  await writer.seal();
  await store.append(records.slice(DOCUMENTS / 2), signal);
  const all = (await store.search({ query: { kind: 'all' }, limit: DOCUMENTS, order: 'asc' }, signal)).records;
  expect(all).toHaveLength(DOCUMENTS);
  await fc.assert(
    fc.asyncProperty(query, async (wanted) => {
      const predicate = compilePredicate(wanted);
      const expected = all.filter((record) =>
        predicate((field) => (field === '@timestamp' ? timeText(record.time) : readField(record, field))),
      );
      const found = await store.search({ query: wanted, limit: DOCUMENTS, order: 'asc' }, signal);
      expect(ids(found.records)).toEqual(ids(expected));
    }),
    { numRuns: Number(process.env['KATALOG_RUNS'] ?? 15), seed: SEED, endOnFailure: true },
  );
  await close();
  fs.rmSync(directory, { recursive: true });
});
