// The page and `katalog query` on a real server, over indices that our own output made of the sample logs.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateSamples } from '../../samples/generate.js';
import { axeFindings, exported, missingForBrowser, ServedPage, startBrowser, watchPage } from '../support/browser.ts';
import { scratchFolders } from '../support/folder.ts';
import { importAll } from '../support/program.ts';
import { describeWithServer } from '../support/search-server.ts';

const program = fileURLToPath(new URL('../../bin/katalog.js', import.meta.url));
const INDICES = 'cluster-page-*';
const folderOf = scratchFolders();
const missing = missingForBrowser();
const mustBeThere = process.env['CI'] === 'true' || process.env['KATALOG_REQUIRE_SERVERS'] === '1';
if (missing !== undefined && mustBeThere) throw new Error(`no browser: ${missing}`);
if (missing !== undefined) console.log(`skipped: no browser (${missing})`);

/** Texts of Kata's with their own time, as the document's filter takes them apart. */
function configuration(log: string, port: number): string {
  return `<source>
  @type tail
  path ${log}
  tag kata.runtime
  read_from_head true
  <parse>
    @type none
  </parse>
</source>
<filter kata.**>
  @type parser
  key_name message
  reserve_data true
  inject_key_prefix kata_
  <parse>
    @type logfmt
  </parse>
</filter>
<filter kata.**>
  @type kata
</filter>
<match **>
  @type opensearch
  port ${port}
  logstash_prefix cluster-page
  include_tag_key true
  tag_key tag
</match>
`;
}

describeWithServer('on a cluster', (server) => {
  let logs: string;
  let state: string;

  beforeAll(async () => {
    const folder = folderOf('cluster-page');
    logs = path.join(folder, 'logs');
    state = path.join(folder, 'page');
    generateSamples(logs);
    await importAll({ config: configuration(path.join(logs, 'kata-runtime.log'), server.port), folder });
    await server.count(INDICES);
  });
  afterAll(() => server.deleteIndices(INDICES));

  function query(...args: readonly string[]): {
    readonly status: number | null;
    readonly stdout: string;
    readonly stderr: string;
  } {
    return spawnSync(process.execPath, [program, 'query', ...args], { encoding: 'utf8', maxBuffer: 64 << 20 });
  }

  describe('katalog query', () => {
    const place = ['--es', server.url, '--index', INDICES];

    test('prints records', () => {
      const { stdout, status } = query('level:error', ...place, '-o', 'ndjson', '-n', '3');
      const records = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(records.map(({ kata, tag }) => [kata.level, tag])).toEqual(Array(3).fill(['error', 'kata.runtime']));
      expect(status).toBe(0);
    });

    test('counts over time and values', () => {
      expect(query('', ...place, '--histogram', '--since', '2026-03-02', '--until', '2026-03-03').stdout).toMatch(
        /^2026-03-02T\S+ +█.* error \d+/m,
      );
      expect(query('level:error', ...place, '--top', 'level').stdout).toMatch(/^ +\d+ {2}error\n$/);
    });

    test('everything, page by page', async () => {
      const lines = query('', ...place, '-o', 'ndjson', '--all')
        .stdout.trimEnd()
        .split('\n');
      expect(lines).toHaveLength(await server.count(INDICES));
    });

    test('an address where nobody answers is told without its password', () => {
      const { status, stderr } = query('', '--es', 'http://elastic:p4ssword@127.0.0.1:9');
      expect([status, stderr]).toEqual([69, expect.stringContaining('no answer from http://127.0.0.1:9')]);
      expect(stderr).not.toContain('p4ssword');
    });
  });

  describe.skipIf(missing !== undefined)('the page', () => {
    let browser: Browser;
    let served: ServedPage;
    let page: Page;
    let faults: readonly string[];

    beforeAll(async () => {
      served = await ServedPage.cluster(server.url, INDICES, state);
      browser = await startBrowser();
      page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      page.setDefaultTimeout(120_000);
      faults = watchPage(page);
      await page.goto(served.url);
      await page.locator('.row[data-id]').first().waitFor();
    });
    afterAll(async () => {
      await browser.close();
      await served.stop();
    });

    const total = async (): Promise<number> =>
      Number((await page.locator('.total strong').innerText()).replace(/\D/g, ''));
    const ask = async (text: string): Promise<void> => {
      await page.goto(`${served.origin}/?q=${encodeURIComponent(text)}`);
      await page.locator('.row[data-id], .split .empty:not(:has-text("looking"))').first().waitFor();
    };

    test('shows all records; the histogram zooms', async () => {
      await expect.poll(total).toBe(await server.count(INDICES));
      const all = await total();
      const histogram = page.getByRole('application', { name: 'Records over time' });
      await histogram.focus();
      for (const key of ['Home', 'ArrowRight', 'Enter']) await page.keyboard.press(key);
      await expect.poll(() => new URL(page.url()).searchParams.get('from')).not.toBeNull();
      await expect.poll(total).toBeLessThan(all);
    });

    test('facets count, and one click asks for a value', async () => {
      await ask('');
      const value = page.locator('.facet', { hasText: 'kata.component' }).locator('.facet-value .value').first();
      const count = Number((await value.locator('.num').innerText()).replace(/\D/g, ''));
      await value.click();
      await expect.poll(total).toBe(count);
      await expect.poll(() => new URL(page.url()).searchParams.get('q')).toContain('kata.component:');
    });

    test('a record opens with its fields, as JSON, and with those around it', async () => {
      await ask('level:error');
      await page.locator('.row[data-id]').first().click();
      const panel = page.getByRole('region', { name: 'Record' });
      await panel.getByRole('rowheader', { name: 'kata.level', exact: true }).waitFor();
      await panel.getByRole('tab', { name: 'JSON' }).click();
      expect(JSON.parse(await panel.locator('.record-body pre').innerText()).kata.level).toBe('error');
      await page.keyboard.press('c');
      await page.getByRole('dialog', { name: 'Around this record' }).locator('[aria-current="true"]').waitFor();
      await page.keyboard.press('Escape');
    });

    test('the planted slow sandbox is two clicks away, and its slow phase is marked', async () => {
      const lines = fs.readFileSync(path.join(logs, 'sandboxes.ndjson'), 'utf8').trimEnd().split('\n');
      const slow = lines
        .map((line) => JSON.parse(line))
        .find(({ story, console: file }) => story === 'slow' && file === 'kata-runtime.log');
      const causes = slow.causes as readonly { readonly phase: string; readonly ms: number }[];
      await ask('');
      await page.getByRole('link', { name: 'Sandboxes' }).click();
      await page.locator(`a[title="${slow.id}"]`).click();
      const phase = causes.toSorted((a, b) => b.ms - a.ms)[0]?.phase;
      expect(await page.locator('tr.slowest').getAttribute('data-phase')).toBe(phase);
    });

    test('problems are grouped', async () => {
      await page.goto(`${served.origin}/problems`);
      await page.locator('main tbody tr').first().waitFor();
    });

    test('the whole result is exported', async () => {
      await ask('level:error');
      await expect.poll(total).toBeGreaterThan(0);
      const errors = await total();
      const lines = (await exported(page, 'as JSON lines')).trimEnd().split('\n');
      expect(lines.map((line) => JSON.parse(line).kata.level)).toEqual(Array(errors).fill('error'));
    });

    test('new records are followed', async () => {
      await page.goto(`${served.origin}/?q=${encodeURIComponent('tag:followed')}&tail=true`);
      await page.getByText('following').waitFor();
      const record = { '@timestamp': new Date().toISOString(), tag: 'followed', message: 'new in the cluster' };
      await server.request('POST', '/cluster-page-2026.03.02/_doc', record);
      await page.getByText('new in the cluster', { exact: true }).waitFor();
    });

    test.each(['light', 'dark'] as const)('axe finds nothing, in %s', async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      for (const place of ['/?q=level:error', '/sandboxes', '/problems', '/sources']) {
        await page.goto(`${served.origin}${place}`);
        expect(await axeFindings(page), place).toEqual([]);
      }
    });

    test('a query that these indices cannot answer says why', async () => {
      await page.goto(`${served.origin}/?q=${encodeURIComponent('kata.pid:4*')}`);
      await page.getByText('holds numbers in these indices').first().waitFor();
    });

    test('nothing went wrong in the page', () => {
      // The browser notes the refusal above, which is shown to the reader.
      expect(faults.filter((fault) => !fault.includes('400'))).toEqual([]);
    });
  });
});
