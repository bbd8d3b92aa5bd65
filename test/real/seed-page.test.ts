// The five screens of Kata's document "Importing Kata Containers logs with Fluentd", in our page: its journal
// fragments, word for word, with nothing but a match behind them that keeps the records.
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingForBrowser, ServedPage, startBrowser, watchPage } from '../support/browser.ts';
import { scratchFolders } from '../support/folder.ts';
import { type WrittenFields, writeJournal } from '../support/journal-writer.ts';
import { importAll } from '../support/program.ts';
import { describeWithServer } from '../support/search-server.ts';

const folderOf = scratchFolders();
const missing = missingForBrowser();
const mustBeThere = process.env['CI'] === 'true' || process.env['KATALOG_REQUIRE_SERVERS'] === '1';
if (missing !== undefined && mustBeThere) throw new Error(`no browser: ${missing}`);
if (missing !== undefined) console.log(`skipped: no browser (${missing})`);

const SANDBOX = '1c3e77cad66aa2b6d8cc846f818370f79cb0104c0b840f67d0f502fd6562b68c';
/** Identifier, priority, level, command and subsystem of the records of a pod that starts and stops. */
const RECORDS = [
  ['kata-runtime', 6, 'info', 'create', 'sandbox'],
  ['kata-runtime', 6, 'info', 'create', 'qemu'],
  ['kata-runtime', 7, 'debug', 'create', 'agent'],
  ['kata-proxy', 6, 'info', 'start', 'proxy'],
  ['kata-proxy', 3, 'error', 'start', 'proxy'],
  ['kata-shim', 6, 'info', 'start', 'shim'],
  ['kata-runtime', 6, 'info', 'state', 'sandbox'],
  ['kata-runtime', 3, 'error', 'state', 'sandbox'],
  ['kata-runtime', 4, 'warning', 'delete', 'sandbox'],
] as const;
const REPEATS = 20;

function journalOf(): Buffer {
  const entries: WrittenFields[] = Array.from({ length: RECORDS.length * REPEATS }, (_, at) => {
    const [identifier, priority, level, command, subsystem] = RECORDS[at % RECORDS.length] as (typeof RECORDS)[number];
    const realtimeUs = 1_582_281_087_000_000 + at * 1000;
    const time = new Date(realtimeUs / 1000).toISOString().replace('Z', '123456Z');
    const message = `time="${time}" level=${level} msg="${command} of record ${at}" arch=amd64 command=${command} name=${identifier} pid=14314 sandbox=${SANDBOX} source=virtcontainers subsystem=${subsystem}`;
    const fields = [`MESSAGE=${message}`, `PRIORITY=${priority}`, `SYSLOG_IDENTIFIER=${identifier}`, '_PID=14314'];
    return { realtimeUs, monotonicUs: 1000 + at, seqnum: at + 1, fields };
  });
  return writeJournal(entries);
}

/** A node's disk with a journal, and the document's configuration with `match` behind it. */
function nodeWith(match: string): { readonly folder: string; readonly config: string } {
  const folder = folderOf('seed-page');
  const journal = path.join(folder, 'run/log/journal', 'b0'.repeat(16));
  fs.mkdirSync(journal, { recursive: true });
  fs.writeFileSync(path.join(journal, 'system.journal'), journalOf());
  const config = fs.readFileSync(new URL('../../examples/seed-journal.conf', import.meta.url), 'utf8') + match;
  return { folder, config };
}

function fiveScreens(serve: () => Promise<ServedPage>): void {
  let browser: Browser;
  let served: ServedPage;
  let page: Page;
  let faults: readonly string[];

  beforeAll(async () => {
    served = await serve();
    browser = await startBrowser();
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(120_000);
    faults = watchPage(page);
    await page.goto(served.url);
  });
  afterAll(async () => {
    await browser.close();
    await served.stop();
  });

  const total = async (): Promise<number> =>
    Number((await page.locator('.total strong').innerText()).replace(/\D/g, '') || '-1');
  const askAgain = async (): Promise<number> => {
    await page.getByRole('button', { name: 'Search' }).click();
    return total();
  };
  const facet = (field: string) => page.getByRole('region', { name: field, exact: true });
  const value = (field: string, text: string) => facet(field).locator('.value', { hasText: text });
  const expected = (fits: (record: (typeof RECORDS)[number]) => boolean): number =>
    RECORDS.filter(fits).length * REPEATS;

  test('1: the tag is there, with a count', async () => {
    await expect.poll(askAgain).toBe(RECORDS.length * REPEATS);
    expect(await value('tag', 'kata-containers').locator('.num').innerText()).toBe(String(RECORDS.length * REPEATS));
  });

  test('2: filtered by the tag, the records of Kata alone', async () => {
    await value('tag', 'kata-containers').click();
    await expect.poll(() => new URL(page.url()).searchParams.get('q')).toBe('tag:kata-containers');
    await expect.poll(total).toBe(RECORDS.length * REPEATS);
  });

  test('3: one record opened: what the journal knew, and MESSAGE with its data', async () => {
    await page.locator('.row[data-id]').first().click();
    const record = page.getByRole('region', { name: 'Record' });
    for (const name of ['MESSAGE', 'PRIORITY', 'SYSLOG_IDENTIFIER', '_PID', 'kata_level', 'kata_pid', 'tag']) {
      await record.getByRole('rowheader', { name, exact: true }).waitFor();
    }
    await page.getByRole('button', { name: 'Close the record' }).click();
  });

  test('4: then by SYSLOG_IDENTIFIER and PRIORITY', async () => {
    await value('SYSLOG_IDENTIFIER', 'kata-runtime').click();
    await expect.poll(total).toBe(expected(([identifier]) => identifier === 'kata-runtime'));
    await value('PRIORITY', '3').click();
    await expect
      .poll(total)
      .toBe(expected(([identifier, priority]) => identifier === 'kata-runtime' && priority === 3));
    await value('PRIORITY', '3').click();
    await value('SYSLOG_IDENTIFIER', 'kata-runtime').click();
    await expect.poll(total).toBe(RECORDS.length * REPEATS);
  });

  test('5: by the fields inside of MESSAGE: kata_level, kata_command, kata_subsystem', async () => {
    const choose = async (field: string, text: string): Promise<void> => {
      await page.getByRole('searchbox', { name: 'Find a field' }).fill(field);
      await page.locator('.field-name', { hasText: field }).click();
      await value(field, text).click();
    };
    await choose('kata_level', 'info');
    await expect.poll(total).toBe(expected(([, , level]) => level === 'info'));
    await choose('kata_command', 'create');
    await expect.poll(total).toBe(expected(([, , level, command]) => level === 'info' && command === 'create'));
    await choose('kata_subsystem', 'qemu');
    await expect.poll(total).toBe(REPEATS);
    await expect
      .poll(() => page.locator('.row[data-id] .col-message').first().innerText())
      .toContain('create of record');
  });

  test('nothing went wrong in the page', () => {
    expect(faults).toEqual([]);
  });
}

describe.skipIf(missing !== undefined)('the five screens of the seed document', () => {
  describe('on the embedded store', () => {
    fiveScreens(async () => {
      const match = '\n<match **>\n  @type store\n  path "#{ENV[\'KATALOG_STORE\']}"\n</match>\n';
      const { folder, config } = nodeWith(match);
      const file = path.join(folder, 'fluent.conf');
      fs.writeFileSync(file, config);
      return ServedPage.config(file, folder, path.join(folder, 'state'));
    });
  });

  describeWithServer('on a cluster', (server) => {
    afterAll(() => server.deleteIndices('seed-page-*'));
    fiveScreens(async () => {
      const output = `@type opensearch\n  port ${server.port}\n  logstash_prefix seed-page\n  include_tag_key true`;
      const { folder, config } = nodeWith(`\n<match **>\n  ${output}\n  tag_key tag\n</match>\n`);
      await importAll({ config, folder, root: folder });
      await server.count('seed-page-*');
      return ServedPage.cluster(server.url, 'seed-page-*', path.join(folder, 'page'));
    });
  });
});
