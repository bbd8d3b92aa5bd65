// The configurations of Kata's document "Importing Kata Containers logs with Fluentd", word for word, with nothing but
// a <match **> behind them, into a real server.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { scratchFolders } from '../support/folder.ts';
import { importAll, stateOf } from '../support/program.ts';
import { describeWithServer, type SearchServer, type StoredDocument } from '../support/search-server.ts';

const folderOf = scratchFolders();

const SANDBOX = '1c3e77cad66aa2b6d8cc846f818370f79cb0104c0b840f67d0f502fd6562b68c';
const CONTAINER = '7cdd31660d8705facdadeb8598d2c0bd008e8142c54e3b3069abd392c8d58997';
const TIME = '2020-02-21T10:31:27.810781647Z';

/** What `kata-runtime --log-format=json` writes; the second line has the document's EndpointProperties. */
const RELEASE = {
  level: 'info',
  msg: 'release sandbox',
  arch: 'amd64',
  command: 'state',
  container: CONTAINER,
  name: 'kata-runtime',
  pid: 14314,
  sandbox: SANDBOX,
  source: 'virtcontainers',
  subsystem: 'sandbox',
};
const STATISTICS = {
  RxPackets: 1,
  TxPackets: 5,
  RxBytes: 42,
  TxBytes: 426,
  RxErrors: 0,
  TxWindowErrors: 0,
  RxCompressed: 0,
};
const INTERFACE = {
  Index: 4,
  MTU: 1460,
  TxQLen: 0,
  Name: 'eth0',
  HardwareAddr: 'ClgKAQAL',
  Flags: 19,
  RawFlags: 69699,
  ParentIndex: 15,
  MasterIndex: 0,
  Namespace: null,
  Alias: '',
  Statistics: STATISTICS,
};
const KILL = { ...RELEASE, msg: 'detached', command: 'kill', EndpointProperties: { Iface: INTERFACE } };
const KILL_TIME = '2020-02-21T10:31:28.000000001Z';
const LINES = [
  { ...RELEASE, time: TIME },
  { ...KILL, time: KILL_TIME },
];
const MESSAGE = `time="${TIME}" level=info msg="release sandbox" arch=amd64 command=state container=${CONTAINER} name=kata-runtime pid=14314 sandbox=${SANDBOX} source=virtcontainers subsystem=sandbox`;

function example(name: string): string {
  return fs.readFileSync(new URL(`../../examples/${name}`, import.meta.url), 'utf8');
}

function matchAll(server: SearchServer, prefix: string): string {
  return `<match **>\n  @type opensearch\n  port ${server.port}\n  logstash_prefix ${prefix}\n</match>\n`;
}

function jsonLines(records: readonly object[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

function withPrefix(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [`kata_${key}`, value]));
}

/** Documents in the order of their times. */
function inOrder(documents: readonly StoredDocument[]): readonly StoredDocument[] {
  const time = ({ source }: StoredDocument): string => String(source['@timestamp']);
  return documents.toSorted((a, b) => (time(a) < time(b) ? -1 : 1));
}

describeWithServer('the seed document', (server) => {
  afterAll(() => server.deleteIndices('seed-*'));

  /** A scratch folder with a /var/log in it. */
  function host(): { readonly folder: string; readonly varLog: string } {
    const folder = folderOf('seed');
    const varLog = path.join(folder, 'log');
    fs.mkdirSync(varLog);
    return { folder, varLog };
  }

  test('JSON in files, the old style', async () => {
    const { folder, varLog } = host();
    const log = path.join(varLog, 'kata-runtime.log');
    fs.writeFileSync(log, jsonLines(LINES));
    const config = example('seed-json-file.conf') + matchAll(server, 'seed-file');
    await importAll({ config, folder, varLog });

    const stored = inOrder(await server.documents('seed-file-*'));
    expect(stored.map(({ index }) => index)).toEqual(['seed-file-2020.02.21', 'seed-file-2020.02.21']);
    expect(stored.map(({ source }) => source)).toEqual([
      { ...RELEASE, '@timestamp': TIME },
      { ...KILL, '@timestamp': KILL_TIME },
    ]);
    expect(await server.source(stored[0] as StoredDocument)).toContain(`"@timestamp":"${TIME}"`);
    const field = { field: '@timestamp', format: 'strict_date_optional_time_nanos' };
    const byTime = { sort: ['@timestamp'], docvalue_fields: [field], _source: false };
    const found = JSON.parse(await server.request('POST', '/seed-file-*/_search', byTime)) as {
      hits: { hits: { fields: { '@timestamp': string[] } }[] };
    };
    expect(found.hits.hits.map(({ fields }) => fields['@timestamp'])).toEqual([[TIME], [KILL_TIME]]);
  });

  test('pos_file is in the form of Fluentd, and the next run goes on behind it', async () => {
    const { folder, varLog } = host();
    const log = path.join(varLog, 'kata-runtime.log');
    const positions = path.join(varLog, 'kata-runtime.pos');
    const config = example('seed-json-file.conf') + matchAll(server, 'seed-pos');
    const hex = (number: number): string => number.toString(16).padStart(16, '0');
    const expected = (): string => {
      const { size, ino } = fs.statSync(log);
      return `/var/log/kata-runtime.log\t${hex(size)}\t${hex(ino)}\n`;
    };
    const messages = async (): Promise<unknown[]> =>
      inOrder(await server.documents('seed-pos-*')).map(({ source }) => source['msg']);

    // Fluentd was here: it has read the first line, and left nothing but its position file.
    fs.writeFileSync(log, jsonLines(LINES));
    const first = jsonLines(LINES.slice(0, 1)).length;
    fs.writeFileSync(positions, `/var/log/kata-runtime.log\t${hex(first)}\t${hex(fs.statSync(log).ino)}\n`);
    await importAll({ config, folder, varLog });
    expect(await messages()).toEqual(['detached']);
    expect(fs.readFileSync(positions, 'utf8')).toBe(expected());

    fs.appendFileSync(log, jsonLines([{ ...RELEASE, msg: 'third', time: '2020-02-21T10:31:29Z' }]));
    await importAll({ config, folder, varLog });
    expect(await messages()).toEqual(['detached', 'third']);
    expect(fs.readFileSync(positions, 'utf8')).toBe(expected());

    // The state is gone, the position file is enough.
    fs.rmSync(stateOf(folder), { recursive: true });
    fs.appendFileSync(log, jsonLines([{ ...RELEASE, msg: 'fourth', time: '2020-02-21T10:31:30Z' }]));
    await importAll({ config, folder, varLog });
    expect(await messages()).toEqual(['detached', 'third', 'fourth']);
  });

  test('prefixing all keys', async () => {
    const { folder, varLog } = host();
    fs.writeFileSync(path.join(varLog, 'kata-runtime.log'), jsonLines(LINES));
    const config = example('seed-json-prefix.conf') + matchAll(server, 'seed-prefix');
    await importAll({ config, folder, varLog });
    expect(inOrder(await server.documents('seed-prefix-*')).map(({ source }) => source)).toEqual([
      { ...withPrefix(RELEASE), '@timestamp': TIME },
      { ...withPrefix(KILL), '@timestamp': KILL_TIME },
    ]);
  });

  test("the logfmt filter on the journal's MESSAGE", async () => {
    const { folder, varLog } = host();
    const journal = { _HOSTNAME: 'minikube', SYSLOG_IDENTIFIER: 'kata-runtime', _PID: '14314', MESSAGE };
    fs.writeFileSync(path.join(varLog, 'journal.json'), jsonLines([journal]));
    const source = `<source>
  @type tail
  path /var/log/journal.json
  tag kata-containers
  read_from_head true
  <parse>
    @type json
  </parse>
</source>
`;
    const config = source + example('seed-logfmt-filter.conf') + matchAll(server, 'seed-logfmt');
    await importAll({ config, folder, varLog });
    const stored = await server.documents('seed-logfmt-*');
    expect(stored.map(({ source: document }) => document)).toEqual([
      { ...journal, ...withPrefix(RELEASE), '@timestamp': TIME },
    ]);
    expect(await server.source(stored[0] as StoredDocument)).toContain('"kata_pid":14314,');
  });
});
