// The writing side of Elasticsearch, with what people ship with: the official clients, rsyslog, and our own output.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ServedPage } from '../support/browser.ts';
import { CLIENTS, type ClientName, installClients, openClient } from '../support/clients.ts';
import { scratchFolders } from '../support/folder.ts';
import { importAll } from '../support/program.ts';

const RSYSLOG = '/usr/sbin/rsyslogd';
const RSYSLOG_OUTPUT = '/usr/lib/x86_64-linux-gnu/rsyslog/omelasticsearch.so';
const DOCUMENTS = 1000;
const mustBeThere = process.env['CI'] === 'true' || process.env['KATALOG_REQUIRE_SERVERS'] === '1';
const hasRsyslog = fs.existsSync(RSYSLOG_OUTPUT);
if (!hasRsyslog && mustBeThere) throw new Error(`no rsyslog: ${RSYSLOG_OUTPUT} is missing`);
if (!hasRsyslog) console.log(`skipped: no rsyslog (${RSYSLOG_OUTPUT} is missing)`);

const folderOf = scratchFolders();

describe('katalog up takes records from', () => {
  let served: ServedPage;
  let token: string;
  let url: string;

  beforeAll(async () => {
    installClients();
    const folder = folderOf('shippers');
    const first = path.join(folder, 'first.log');
    fs.writeFileSync(
      first,
      'time="2026-03-02T10:00:00Z" level=info msg=first name=kata-runtime pid=1 source=runtime\n',
    );
    served = await ServedPage.files([first], path.join(folder, 'state'));
    token = fs.readFileSync(path.join(folder, 'state', 'token'), 'utf8').trim();
    url = served.origin;
  });
  afterAll(() => served.stop());

  async function ask<T>(route: string): Promise<T> {
    const answer = await fetch(`${url}${route}`, { headers: { authorization: `Bearer ${token}` } });
    return (await answer.json()) as T;
  }

  async function countOf(index: string): Promise<number> {
    return (await ask<{ readonly count: number }>(`/${index}/_count`)).count;
  }

  test.each(CLIENTS)('%s', async (name: ClientName) => {
    const client = openClient(name, url, token);
    const index = `${name}-2026.03.02`;
    const operations = Array.from({ length: DOCUMENTS }, (_, n) => [
      { create: { _index: index, _id: `${name}-${n}` } },
      { '@timestamp': `2026-03-02T11:00:00.${String(n).padStart(9, '0')}Z`, level: 'info', msg: `record ${n}`, n },
    ]).flat();
    // Version 8 and 9 take parameters at the top, the others a body.
    const body = name === 'elasticsearch-9' || name === 'elasticsearch-8' ? { operations } : { body: operations };
    expect(statuses(await client.bulk(body))).toEqual({ errors: false, 201: DOCUMENTS });
    expect(statuses(await client.bulk(body))).toEqual({ errors: true, 409: DOCUMENTS });
    expect(bodyOf(await client.count({ index }))['count']).toBe(DOCUMENTS);
    const ids = [`${name}-7`, 'no-such-id'];
    const wanted = 'operations' in body ? { index, ids } : { index, body: { ids } };
    const got = bodyOf(await client.mget(wanted));
    const docs = got['docs'] as readonly { readonly found: boolean; readonly _source?: { readonly n: number } }[];
    expect(docs.map(({ found, _source: source }) => [found, source?.n])).toEqual([
      [true, 7],
      [false, undefined],
    ]);
    await client.close();
  });

  test.skipIf(!hasRsyslog)('rsyslog', async () => {
    const folder = folderOf('rsyslog');
    const log = path.join(folder, 'app.log');
    fs.writeFileSync(log, Array.from({ length: DOCUMENTS }, (_, n) => `line ${n}\n`).join(''));
    const daemon = startRsyslog(folder, log, new URL(url).port, token);
    await expect.poll(() => countOf('rsyslog-*')).toBe(DOCUMENTS);
    const { rows } = await ask<{ readonly rows: readonly { readonly fields: Readonly<Record<string, unknown>> }[] }>(
      `/api/search?query=${encodeURIComponent('message:"line 999"')}`,
    );
    expect(rows.map(({ fields }) => [fields['message'], fields['tag']])).toEqual([['line 999', 'app']]);
    daemon.kill('SIGTERM');
    await once(daemon, 'exit');
  });

  test.each(['seed-json-file.conf', 'seed-json-prefix.conf'])('our own output, with %s', async (name) => {
    const folder = folderOf('own-output');
    const varLog = path.join(folder, 'log');
    fs.mkdirSync(varLog);
    const lines = Array.from({ length: DOCUMENTS }, (_, n) => ({
      time: `2026-03-02T12:00:00.${String(n).padStart(9, '0')}Z`,
      level: 'info',
      msg: `own ${n}`,
      name: 'kata-runtime',
    }));
    fs.writeFileSync(path.join(varLog, 'kata-runtime.log'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const prefix = name.replace('.conf', '');
    const config = `${fs.readFileSync(new URL(`../../examples/${name}`, import.meta.url), 'utf8')}
<match **>
  @type elasticsearch
  hosts ${url}
  user shipper
  password ${token}
  logstash_prefix ${prefix}
</match>
`;
    await importAll({ config, folder, varLog });
    expect(await countOf(`${prefix}-2026.03.02`)).toBe(DOCUMENTS);
    // Another state reads everything anew, and doubles nothing.
    fs.rmSync(path.join(folder, 'state'), { recursive: true });
    await importAll({ config, folder, varLog });
    expect(await countOf(`${prefix}-*`)).toBe(DOCUMENTS);
  });
});

function bodyOf(answer: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return 'body' in answer ? (answer['body'] as Readonly<Record<string, unknown>>) : answer;
}

/** How many items have which status. */
function statuses(answer: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { errors, items } = bodyOf(answer) as {
    readonly errors: boolean;
    readonly items: readonly { readonly create: { readonly status: number } }[];
  };
  const counts: Record<string, number> = {};
  for (const { create } of items) counts[create.status] = (counts[create.status] ?? 0) + 1;
  return { errors, ...counts };
}

function startRsyslog(folder: string, log: string, port: string, password: string): ChildProcess {
  const config = path.join(folder, 'rsyslog.conf');
  fs.writeFileSync(
    config,
    `global(workDirectory="${folder}")
module(load="imfile")
module(load="omelasticsearch")
template(name="document" type="list" option.jsonf="on") {
  property(outname="@timestamp" name="timereported" dateFormat="rfc3339" format="jsonf")
  property(outname="host" name="hostname" format="jsonf")
  property(outname="tag" name="programname" format="jsonf")
  property(outname="message" name="msg" format="jsonf")
}
template(name="index" type="string" string="rsyslog-2026")
input(type="imfile" file="${log}" tag="app:" ruleset="ship")
ruleset(name="ship") {
  action(type="omelasticsearch" server="127.0.0.1" serverport="${port}" uid="shipper" pwd="${password}" template="document"
    searchIndex="index" dynSearchIndex="on" searchType="" bulkmode="on" action.resumeRetryCount="-1" errorfile="${folder}/errors")
}
`,
  );
  return spawn(RSYSLOG, ['-n', '-f', config, '-i', path.join(folder, 'rsyslog.pid')], { stdio: 'inherit' });
}
