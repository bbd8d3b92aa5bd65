// One contract for every LogStore: the same records, shipped by the same run into the embedded store and into a real
// server, give the same answers to every question of the table.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { generateSamples } from '../../samples/generate.js';
import { parseQuery } from '../../src/formats/kql/parse.ts';
import type { Query } from '../../src/formats/kql/query.ts';
import { timeBound } from '../../src/formats/kql/time-bound.ts';
import { systemClock } from '../../src/pipeline/system-clock.ts';
import { clusterConnection } from '../../src/search/connection.ts';
import { allRecords } from '../../src/store/all-records.ts';
import { ClusterStore } from '../../src/store/cluster/cluster-store.ts';
import type { LogStore, Order, StoredRecord } from '../../src/store/log-store.ts';
import { openForReading } from '../../src/store/open-store.ts';
import { scratchFolders } from '../support/folder.ts';
import { importAll } from '../support/program.ts';
import { describeWithServer } from '../support/search-server.ts';

const folderOf = scratchFolders();
const signal = new AbortController().signal;
const ALL: Query = { kind: 'all' };
const FROM = at('2026-03-02T09:00:00Z');
const TO = at('2026-03-02T13:21:07.5Z');

function at(text: string): bigint {
  return timeBound(text) as bigint;
}

function kql(text: string): Query {
  const outcome = parseQuery(text);
  if (!outcome.ok) throw new Error(`${text}: ${JSON.stringify(outcome.problems)}`);
  return outcome.query;
}

/** Every record of a query, in pages of an odd size. */
async function paged(store: LogStore, query: Query, order: Order, limit: number): Promise<readonly StoredRecord[]> {
  const found: StoredRecord[] = [];
  let after: StoredRecord | undefined;
  do {
    const { records } = await store.search({ query, order, limit, after }, signal);
    found.push(...records);
    after = records.length === limit ? records.at(-1) : undefined;
  } while (after);
  return found;
}

async function exported(store: LogStore, query: Query): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const page of allRecords(store, { query }, 'asc', signal)) ids.push(...page.map(({ id }) => id));
  return ids;
}

const sorted = (fields: ReadonlyMap<string, unknown>): unknown => [...fields].sort(([a], [b]) => (a < b ? -1 : 1));

type Question = (store: LogStore) => Promise<unknown>;

const QUERIES = [
  '',
  'level:error',
  'level >= warning and not component:agent',
  'sandbox:*',
  'kata.msg:"sandbox" or failed',
  'creat* sandbox',
  'PRIORITY <= 3',
  'kata.pid > 1000',
  'pid:[1 TO 20000]',
  'kata.subsystem:(sandbox or qemu)',
  'kata.problem:true',
  'kata.repairs:*',
  'not kata.sandbox:*',
  'tag:kata*',
  '@timestamp >= "2026-03-02T10:05:00Z"',
  '@timestamp:["2026-03-02T09:00:00.123456789Z" TO "2026-03-02T09:00:00.123456790Z"}',
  '"no such words at all"',
];

const TABLE: readonly (readonly [string, Question])[] = [
  ...QUERIES.map((text): readonly [string, Question] => [
    `count ${text}`,
    (store) => store.count({ query: kql(text) }, signal),
  ]),
  ...QUERIES.map((text): readonly [string, Question] => [
    `the newest of ${text}`,
    async (store) => {
      const { records } = await store.search({ query: kql(text), order: 'desc', limit: 30 }, signal);
      return records.map(({ id, time, fields }) => [id, time, sorted(fields)]);
    },
  ]),
  ['every record, page by page, upwards', async (store) => (await paged(store, ALL, 'asc', 4777)).map(({ id }) => id)],
  [
    'every record, page by page, downwards',
    async (store) => (await paged(store, ALL, 'desc', 4777)).map(({ id }) => id),
  ],
  ['an instant with many records, page by page', (store) => paged(store, kql('tag:instant'), 'asc', 833)],
  ['export', (store) => exported(store, kql('level >= warning'))],
  ['a range of time', (store) => store.count({ query: ALL, from: FROM, to: TO }, signal)],
  [
    'histogram by level',
    async (store) => {
      const { counts, ...head } = await store.histogram(
        { query: ALL, from: FROM, to: TO, buckets: 30, by: 'level' },
        signal,
      );
      return { ...head, counts: counts.map(({ start, value, count }) => `${start} ${value} ${count}`).sort() };
    },
  ],
  [
    'histogram without bounds',
    async (store) => {
      const { counts, ...head } = await store.histogram({ query: ALL, buckets: 60, by: 'level' }, signal);
      return { ...head, counts: counts.map(({ start, value, count }) => `${start} ${value} ${count}`).sort() };
    },
  ],
  [
    'facets',
    (store) =>
      store.top(
        {
          query: ALL,
          fields: ['tag', 'level', 'kata.component', 'kata.subsystem', 'kata.sandbox', 'kata.pid', 'kata.gap'],
          limit: 10,
        },
        signal,
      ),
  ],
  [
    'values that begin with a text',
    (store) => store.top({ query: ALL, fields: ['kata.sandbox'], limit: 5, prefix: 'a' }, signal),
  ],
  ['sandboxes', (store) => store.sandboxes({ query: ALL }, 1000, signal)],
  ['sandboxes of a range', (store) => store.sandboxes({ query: ALL, from: FROM, to: TO }, 5, signal)],
  [
    'overview',
    async (store) => {
      const { records, first, last, damaged } = await store.overview(signal);
      return { records, first, last, damaged };
    },
  ],
  [
    'records by their ids',
    async (store) => {
      const { records } = await store.search({ query: kql('level:error'), order: 'asc', limit: 7 }, signal);
      const found = await store.byIds([...records.map(({ id }) => id), 'no-such-id'], signal);
      return found.map(({ id }) => id).sort();
    },
  ],
  [
    'statistics of numbers',
    async (store) => {
      const { total, present, numbers } = await store.stats({ query: ALL }, 'kata.pid', signal);
      return { total, present, count: numbers?.count, min: numbers?.min, max: numbers?.max };
    },
  ],
  [
    'fields of the mapping',
    async (store) => {
      const { total, fields } = await store.fields({}, signal);
      const kata = fields.filter(({ name }) => /^kata\.(?!template)/.test(name));
      return { total, kata: kata.map(({ name, count }) => `${name} ${count}`).sort() };
    },
  ],
];

describeWithServer('a LogStore', (server) => {
  let embedded: LogStore;
  let cluster: LogStore;

  beforeAll(async () => {
    const folder = folderOf('log-store');
    const logs = path.join(folder, 'logs');
    generateSamples(logs);
    const instant = Array.from({ length: 2500 }, (_, n) => ({
      time: '2026-03-02T09:00:00.123456789Z',
      msg: `n ${n}`,
      n,
    }));
    fs.writeFileSync(path.join(logs, 'instant.json'), instant.map((one) => `${JSON.stringify(one)}\n`).join(''));
    const config = configuration(logs, path.join(folder, 'store'), server.port);
    await importAll({ config, folder });
    await server.count('contract-*');
    embedded = openForReading(path.join(folder, 'store'), systemClock);
    const address = { url: server.url, credentials: {}, isInsecure: false };
    cluster = new ClusterStore(clusterConnection(address), 'contract-*', systemClock);
  });
  afterAll(async () => {
    await embedded.close();
    await cluster.close();
    await server.deleteIndices('contract-*');
  });

  test.each(TABLE)('%s', async (_, ask) => {
    const wanted = await ask(embedded);
    expect(await ask(cluster)).toEqual(wanted);
  });

  test('the samples give the questions something to find', async () => {
    expect(await embedded.count({ query: ALL }, signal)).toBeGreaterThan(10_000);
    expect((await embedded.sandboxes({ query: ALL }, 1000, signal)).sandboxes.length).toBeGreaterThan(10);
  });
});

function configuration(logs: string, store: string, port: number): string {
  const tail = (file: string, tag: string, parser: string): string => `<source>
  @type tail
  path ${path.join(logs, file)}
  tag ${tag}
  read_from_head true
  ${parser}
</source>
`;
  const json = '<parse>\n    @type json\n    time_type string\n    time_format %iso8601\n  </parse>';
  return `${tail('kata-runtime.log', 'kata.runtime', '<parse>\n    @type logfmt\n  </parse>')}
${tail('kata-json.log', 'kata.json', json)}
${tail('instant.json', 'instant', json)}
<filter kata.**>
  @type kata
  prefix ""
</filter>
<match **>
  @type copy
  <store>
    @type store
    path ${store}
  </store>
  <store>
    @type opensearch
    port ${port}
    logstash_format true
    logstash_prefix contract
    include_tag_key true
    tag_key tag
  </store>
</match>
`;
}
