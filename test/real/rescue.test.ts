// Documents that the mapping of a real server refuses: rescued with the reason, and met again by a replay.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { scratchFolders } from '../support/folder.ts';
import { importAll, stateOf } from '../support/program.ts';
import { describeWithServer } from '../support/search-server.ts';

const folderOf = scratchFolders();
const TIME = '2026-03-02T10:00:00.000000001Z';

describeWithServer('the rescue of refused documents', (server) => {
  afterAll(() => server.deleteIndices('rescue-*'));

  test('nothing is lost, and a second import of everything adds nothing', async () => {
    const folder = folderOf('rescue');
    const log = path.join(folder, 'kata.log');
    const records = [
      { msg: 'as usual', error: 'text' },
      { msg: 'an object where the mapping has text', error: { code: 12345678901234 } },
      { msg: 'a text where the mapping has a number', pid: 'none' },
      { msg: 'fields that nobody knows', own: { deep: [1, { deeper: null }] } },
      { msg: 'too long for a keyword', level: 'x'.repeat(40_000) },
    ];
    fs.writeFileSync(log, records.map((record) => `${JSON.stringify({ time: TIME, ...record })}\n`).join(''));
    const config = `<source>
  @type tail
  path ${log}
  tag kata
  read_from_head true
  <parse>
    @type json
  </parse>
</source>
<match **>
  @type opensearch
  port ${server.port}
  logstash_prefix rescue
</match>
`;
    await importAll({ config, folder });
    const wanted = records.map((record) => ({ '@timestamp': TIME, ...record }));
    const refused = wanted[1];
    const stored = await server.documents('rescue-*');
    const plain = stored.filter(({ source }) => source['tags'] === undefined).map(({ source }) => source);
    expect(plain).toHaveLength(4);
    expect(plain).toEqual(expect.arrayContaining(wanted.filter((record) => record !== refused)));
    const rescued = stored.filter(({ source }) => source['tags'] !== undefined).map(({ source }) => source);
    expect(rescued).toEqual([
      {
        '@timestamp': TIME,
        tags: ['_rescued'],
        rescue_reason: expect.stringContaining('failed to parse field [error]') as unknown,
        overflow: refused,
      },
    ]);
    const found = await server.request('POST', '/rescue-*/_count', {
      query: { term: { 'overflow.error.code': '12345678901234' } },
    });
    expect(JSON.parse(found)).toMatchObject({ count: 1 });

    fs.rmSync(stateOf(folder), { recursive: true });
    await importAll({ config, folder });
    const again = await server.documents('rescue-*');
    expect(again.map(({ id }) => id).toSorted()).toEqual(stored.map(({ id }) => id).toSorted());
  });
});
