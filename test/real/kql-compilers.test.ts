// The law of the three compilers: on any records and any query a real server finds by its DSL what the predicate finds,
// and what the embedded store finds by SQL.
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compilePredicate } from '../../src/formats/kql/predicate.ts';
import type { Match, Query } from '../../src/formats/kql/query.ts';
import { timeText } from '../../src/formats/kql/time-bound.ts';
import { systemClock } from '../../src/pipeline/system-clock.ts';
import { clusterConnection } from '../../src/search/connection.ts';
import { HttpClient } from '../../src/search/http-client.ts';
import { documentId } from '../../src/search/id.ts';
import { putTemplate } from '../../src/search/template.ts';
import { ClusterStore } from '../../src/store/cluster/cluster-store.ts';
import { type LogStore, readField, type StoredRecord } from '../../src/store/log-store.ts';
import { type OpenedStore, openForWriting } from '../../src/store/open-store.ts';
import { scratchFolders } from '../support/folder.ts';
import { describeWithServer } from '../support/search-server.ts';

/** More of both: KATALOG_RUNS=2000 KATALOG_SEED=7. */
const SEED = Number(process.env['KATALOG_SEED'] ?? 20261126);
const RUNS = Number(process.env['KATALOG_RUNS'] ?? 150);
const DOCUMENTS = 150;
const START = 1_772_409_600_000_000_000n;

const folderOf = scratchFolders();
const signal = new AbortController().signal;
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Of our template, by how it maps them; `kata.pid` holds numbers only, as the filter `kata` writes it. */
const WORD_FIELDS = [
  'level',
  'kata_level',
  'kata.level',
  'message',
  'kata.msg',
  'MESSAGE',
  'tag',
  'sandbox',
  'kata.repairs',
];
const FIELDS = [...WORD_FIELDS, 'kata.pid', 'kata.duration_ms', 'kata.gap'];
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
  '007',
  '%_*\\?',
  'zoë',
  "it's",
  ' ',
  '',
];

const word = fc.constantFrom(...WORDS);
const text = fc.array(word, { maxLength: 4 }).map((words) => words.join(' '));
const scalar = fc.oneof(text, word, fc.integer({ min: -5, max: 50 }), fc.boolean());
const value = fc.oneof({ weight: 6, arbitrary: scalar }, fc.array(scalar, { maxLength: 3 }), fc.constant(null));
const number = fc.oneof(fc.integer({ min: -5, max: 50 }), fc.constant(null));
const document = fc
  .tuple(
    fc.dictionary(fc.constantFrom(...WORD_FIELDS), value, { maxKeys: 6 }),
    fc.record(
      { 'kata.pid': number, 'kata.duration_ms': fc.constantFrom(1.5, 20, 0.25), 'kata.gap': fc.boolean() },
      { requiredKeys: [] },
    ),
  )
  .map(([words, typed]) => ({ ...words, ...typed }));

const pieces = fc.oneof(
  word.map((piece) => [piece]),
  text.map((piece) => [piece]),
  fc
    .array(fc.constantFrom('', 'o', 'fo', 'err', '4', 'x-'), { minLength: 2, maxLength: 3 })
    .filter((parts) => parts.some(Boolean)),
);
const textMatch = pieces.map((parts) => ({ kind: 'text' as const, pieces: parts }));
const bound = fc.record({ value: word, inclusive: fc.boolean() });
const decimal = fc.record({ value: fc.constantFrom('7', '-3', '20', '1.5', '42'), inclusive: fc.boolean() });
const exists = fc.constant({ kind: 'exists' as const });

function rangesOf(bounds: typeof bound): fc.Arbitrary<Match> {
  return fc.oneof(
    fc.record({ kind: fc.constant('range' as const), low: bounds }),
    fc.record({ kind: fc.constant('range' as const), low: bounds, high: bounds }),
  );
}

/** A range asks an index of texts for its words: only whole values can be compared. */
const TEXTS = ['message', 'kata.msg', 'MESSAGE'];
const leaf: fc.Arbitrary<Query> = fc.oneof(
  fieldLeaf([...WORD_FIELDS, 'absent'], fc.oneof(textMatch, exists)),
  fieldLeaf(
    WORD_FIELDS.filter((name) => !TEXTS.includes(name)),
    rangesOf(bound),
  ),
  fieldLeaf(
    ['kata.pid', 'kata.duration_ms'],
    fc.oneof(
      word.map((one) => ({ kind: 'text' as const, pieces: [one] })),
      exists,
      rangesOf(decimal),
    ),
  ),
  fieldLeaf(['kata.gap'], fc.oneof(textMatch, exists)),
  textMatch.map((match) => ({ kind: 'anywhere' as const, match })),
  fc.integer({ min: 0, max: 8 }).map((n) => ({
    kind: 'field' as const,
    field: '@timestamp',
    match: { kind: 'range' as const, low: { value: timeText(START + BigInt(n)), inclusive: n % 2 === 0 } },
  })),
);

function fieldLeaf(names: readonly string[], match: fc.Arbitrary<Match>): fc.Arbitrary<Query> {
  return fc.record({ kind: fc.constant('field' as const), field: fc.constantFrom(...names), match });
}

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

describeWithServer('the three compilers of the query language', (server) => {
  let embedded: OpenedStore;
  let cluster: LogStore;
  let all: readonly StoredRecord[];

  beforeAll(async () => {
    const records = fc.sample(document, { numRuns: DOCUMENTS, seed: SEED }).map((one, n) => ({
      id: documentId('aaaaaaaaaaa', n, 1, 0),
      time: START + BigInt(n),
      document: JSON.stringify(one),
    }));
    embedded = await openForWriting({ directory: folderOf('kql'), clock: systemClock, log: silent });
    await embedded.store.append(records, signal);
    const connection = clusterConnection({ url: server.url, credentials: {}, isInsecure: false });
    const client = new HttpClient(connection);
    await putTemplate(client, 'katalog-compilers', 'compilers-*', silent, signal);
    const lines = records.map(({ id, time, document: json }) => {
      const stored =
        json === '{}' ? `{"@timestamp":"${timeText(time)}"}` : json.replace('{', `{"@timestamp":"${timeText(time)}",`);
      return `{"create":{"_id":"${id}"}}\n${stored}\n`;
    });
    const path = '/compilers-2026.03.02/_bulk?refresh=true';
    const headers = { 'content-type': 'application/x-ndjson' };
    const answer = await client.request({ method: 'POST', path, headers, body: lines.join('') }, signal);
    expect(JSON.parse(answer.body.toString()).errors).toBe(false);
    await client.close();
    cluster = new ClusterStore(connection, 'compilers-*', systemClock);
    all = (await embedded.store.search({ query: { kind: 'all' }, limit: DOCUMENTS, order: 'asc' }, signal)).records;
  });
  afterAll(async () => {
    await embedded.close();
    await cluster.close();
    await server.deleteIndices('compilers-*');
  });

  test('find the same records', async () => {
    expect(all).toHaveLength(DOCUMENTS);
    const found = async (store: LogStore, wanted: Query): Promise<readonly string[]> => {
      const { records, damaged } = await store.search({ query: wanted, limit: DOCUMENTS, order: 'asc' }, signal);
      expect(damaged).toEqual([]);
      return records.map(({ id }) => id);
    };
    await fc.assert(
      fc.asyncProperty(query, async (wanted) => {
        const predicate = compilePredicate(wanted);
        const read = (record: StoredRecord) => (field: string) =>
          field === '@timestamp' ? timeText(record.time) : readField(record, field);
        const expected = all.filter((record) => predicate(read(record))).map(({ id }) => id);
        expect(await found(embedded.store, wanted), 'SQL').toEqual(expected);
        expect(await found(cluster, wanted), 'DSL').toEqual(expected);
      }),
      { numRuns: RUNS, seed: SEED, endOnFailure: true },
    );
  });

  test('name the fields of the table', async () => {
    const { fields } = await cluster.fields({}, signal);
    expect(fields.map(({ name }) => name).sort()).toEqual([...FIELDS].sort());
  });
});
