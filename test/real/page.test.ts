// The page in a real browser, on the sample logs and on hostile ones: by mouse, by keys, in light and dark.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateSamples } from '../../samples/generate.js';
import { missingForBrowser, ServedFiles, startBrowser, watchPage } from '../support/browser.ts';
import { scratchFolders } from '../support/folder.ts';

const AXE = fileURLToPath(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url));
const HOSTILE = '<img src=x onerror="window.harmed=1"><script>window.harmed=1</script>';
const folderOf = scratchFolders();

const missing = missingForBrowser();
const mustBeThere = process.env['CI'] === 'true' || process.env['KATALOG_REQUIRE_SERVERS'] === '1';
if (missing !== undefined && mustBeThere) throw new Error(`no browser: ${missing}`);
if (missing !== undefined) console.log(`skipped: no browser (${missing})`);

describe.skipIf(missing !== undefined)('the page', () => {
  let browser: Browser;
  let served: ServedFiles;
  let page: Page;
  let faults: readonly string[];
  let logs: string;

  beforeAll(async () => {
    const folder = folderOf('page');
    logs = path.join(folder, 'logs');
    generateSamples(logs);
    const hostile = path.join(folder, 'hostile.log');
    fs.writeFileSync(hostile, hostileLine());
    const names = ['kata-runtime.log', 'kata-json.log', 'kata-agent.log', 'console.log'];
    served = await ServedFiles.start(
      [...names.map((name) => path.join(logs, name)), hostile],
      path.join(folder, 'state'),
    );
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

  /** Opens the page with a query, as a link does. */
  const ask = async (query: string): Promise<void> => {
    await page.goto(`${new URL(served.url).origin}/?q=${encodeURIComponent(query)}`);
    await page.locator('.row[data-id], .split .empty').first().waitFor();
  };

  test('facets count, and one click asks for a value', async () => {
    await ask('');
    await expect.poll(total).toBeGreaterThan(19_000);
    const all = await total();
    const value = page.locator('.facet', { hasText: 'kata.component' }).locator('.facet-value .value').first();
    const count = Number((await value.locator('.num').innerText()).replace(/\D/g, ''));
    await value.click();
    await expect.poll(total).toBe(count);
    expect(count).toBeLessThan(all);
    await expect.poll(() => new URL(page.url()).searchParams.get('q')).toContain('kata.component:');
  });

  test('a record opens with its fields, as JSON and as it was written', async () => {
    await ask('level:error');
    await page.locator('.row[data-id]').first().click();
    const panel = page.getByRole('region', { name: 'Record' });
    await panel.getByRole('rowheader', { name: 'kata.level' }).waitFor();
    await panel.getByRole('tab', { name: 'JSON' }).click();
    const json = JSON.parse(await panel.locator('.record-body pre').innerText());
    expect(json.kata.level).toBe('error');
    await panel.getByRole('tab', { name: 'raw' }).click();
    await page.keyboard.press('Escape');
    await expect.poll(() => panel.count()).toBe(0);
  });

  test('by keys alone: query, next records, the records around one', async () => {
    await ask('');
    await page.locator('[data-query-editor] .cm-content').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('level:error');
    await page.keyboard.press('Enter');
    await expect.poll(() => new URL(page.url()).searchParams.get('q')).toBe('level:error');
    await page.locator('.row[data-id]').first().waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.locator('.row[aria-selected="true"]').waitFor();
    await page.keyboard.press('c');
    await page.getByRole('dialog', { name: 'Around this record' }).locator('[aria-current="true"]').waitFor();
    await page.keyboard.press('Escape');
  });

  test('a wrong query says where it is wrong', async () => {
    await page.goto(`${new URL(served.url).origin}/?q=${encodeURIComponent('level:(error')}`);
    await expect.poll(() => page.locator('.query-problem').innerText()).toContain('")" is expected');
  });

  test('the planted slow sandbox is two clicks away, and its slow phase is marked', async () => {
    const slow = plantedSandbox(logs);
    await ask('');
    await page.getByRole('link', { name: 'Sandboxes' }).click();
    await page.locator(`a[title="${slow.id}"]`).click();
    expect(await page.locator('tr.slowest').getAttribute('data-phase')).toBe(slow.phase);
    expect(await page.locator('.verdict').innerText()).toContain(slow.phase);
  });

  test('hostile text is shown as text', async () => {
    await ask('hostile');
    await page.locator('.row[data-id]').first().click();
    await expect.poll(() => page.locator('.record-panel .message').innerText()).toContain('<img src=x');
    expect(await page.evaluate('window.harmed')).toBeUndefined();
  });

  test.each(['light', 'dark'] as const)('axe finds nothing, in %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    for (const place of ['/', '/sandboxes', '/problems', '/sources']) {
      await page.goto(`${new URL(served.url).origin}${place}`);
      await page.locator('main, .results').first().waitFor();
      await page.waitForLoadState('networkidle');
      await page.evaluate(fs.readFileSync(AXE, 'utf8'));
      const found = (await page.evaluate(
        'axe.run().then((result) => result.violations.map((each) => each.id + ": " + each.nodes[0].html))',
      )) as string[];
      expect(found, place).toEqual([]);
    }
  });

  test('the page did nothing that it must not do', () => {
    expect(faults).toEqual([]);
  });
});

/** The slow sandbox that logged everything, and the phase in which it lost most of its time. */
function plantedSandbox(logs: string): { readonly id: string; readonly phase: string } {
  const lines = fs.readFileSync(path.join(logs, 'sandboxes.ndjson'), 'utf8').trimEnd().split('\n');
  const slow = lines
    .map((line) => JSON.parse(line))
    .find(({ story, console: file }) => story === 'slow' && file === 'kata-runtime.log');
  const causes = slow.causes as readonly { readonly phase: string; readonly ms: number }[];
  return { id: slow.id, phase: causes.toSorted((a, b) => b.ms - a.ms)[0]?.phase ?? '' };
}

function hostileLine(): string {
  const fields = ['subsystem', 'source', 'name'].map((name) => `${name}=${JSON.stringify(HOSTILE)}`).join(' ');
  return `time="2026-03-02T12:00:00.123456789Z" level=error msg=${JSON.stringify(`hostile ${HOSTILE}`)} pid=1 ${fields}\n`;
}
