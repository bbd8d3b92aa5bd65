// The page in a real browser, on the sample logs and on hostile ones: by mouse, by keys, in light and dark.
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Browser, Page, Request } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateSamples } from '../../samples/generate.js';
import { axeFindings, exported, missingForBrowser, ServedPage, startBrowser, watchPage } from '../support/browser.ts';
import { scratchFolders } from '../support/folder.ts';

const HOSTILE = '<img src=x onerror="window.harmed=1"><script>window.harmed=1</script>';
const folderOf = scratchFolders();

const missing = missingForBrowser();
const mustBeThere = process.env['CI'] === 'true' || process.env['KATALOG_REQUIRE_SERVERS'] === '1';
if (missing !== undefined && mustBeThere) throw new Error(`no browser: ${missing}`);
if (missing !== undefined) console.log(`skipped: no browser (${missing})`);

describe.skipIf(missing !== undefined)('the page', () => {
  let browser: Browser;
  let served: ServedPage;
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
    served = await ServedPage.files(
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
    await page.goto(`${served.origin}/?q=${encodeURIComponent(query)}`);
    await page.locator('.row[data-id], .split .empty:not(:has-text("looking"))').first().waitFor();
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

  test('what is looked at first is asked for first; files of the page are kept', async () => {
    await ask('');
    const events: string[] = [];
    const routeOf = (request: Request): string => new URL(request.url()).pathname;
    const onAsked = (request: Request): number => events.push(`${routeOf(request)} asked`);
    const onAnswered = (request: Request): number => events.push(`${routeOf(request)} answered`);
    page.on('request', onAsked).on('requestfinished', onAnswered);
    await ask('level:error');
    await page.locator('.facet-value .value').first().waitFor();
    page.off('request', onAsked).off('requestfinished', onAnswered);
    const counted = events.indexOf('/api/facets asked');
    for (const first of ['/api/search', '/api/histogram']) {
      expect(events.slice(0, counted)).toContain(`${first} answered`);
    }
    const kept =
      "fetch(document.querySelector('script[type=module]').src).then((it) => it.headers.get('cache-control'))";
    expect(await page.evaluate(kept)).toContain('immutable');
    expect((await fetch(served.origin, { headers: { accept: 'text/html' } })).headers.get('cache-control')).toBe(
      'no-store',
    );
  });

  test('values of one field are alternatives, and their counts stay', async () => {
    await ask('');
    const facet = page.locator('.facet', { hasText: 'kata.component' });
    const countOf = async (at: number): Promise<number> =>
      Number((await facet.locator('.facet-value .num').nth(at).innerText()).replace(/\D/g, ''));
    const [first, second] = [await countOf(0), await countOf(1)];
    await facet.locator('.value').nth(0).click();
    await expect.poll(total).toBe(first);
    await facet.locator('.value').nth(1).click();
    await expect.poll(total).toBe(first + second);
    expect([await countOf(0), await countOf(1)]).toEqual([first, second]);
    await facet
      .getByRole('button', { name: /^Leave out/ })
      .nth(2)
      .click();
    await expect
      .poll(() => new URL(page.url()).searchParams.get('q'))
      .toMatch(/^kata\.component:\(.* or .*\) and not /);
    await expect.poll(total).toBe(first + second);
  });

  test("a field's statistics, and the field as a column", async () => {
    await ask('');
    await page.getByRole('button', { name: 'Statistics of kata.level' }).click();
    const stats = page.getByRole('dialog', { name: 'Statistics of kata.level' });
    await stats.getByText('different values').waitFor();
    await stats.getByRole('button', { name: 'show as column' }).click();
    await page.getByRole('columnheader', { name: 'kata.level' }).waitFor();
    expect(new URL(page.url()).searchParams.get('cols')).toContain('kata.level');
  });

  test('the histogram zooms, by mouse and by keys, and can be read as a table', async () => {
    await ask('');
    await expect.poll(total).toBeGreaterThan(19_000);
    const all = await total();
    const chart = page.getByRole('application');
    const box = await chart.boundingBox();
    if (!box) throw new Error('there is no histogram');
    await page.mouse.move(box.x + box.width * 0.2, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + 40, { steps: 5 });
    await page.mouse.up();
    await expect.poll(() => new URL(page.url()).searchParams.get('to')).not.toBeNull();
    await expect.poll(total).toBeLessThan(all);
    const zoomed = await total();
    await chart.focus();
    for (const key of ['ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowRight', 'Enter']) await page.keyboard.press(key);
    await expect.poll(total).toBeLessThan(zoomed);
    await page.getByRole('button', { name: 'table', exact: true }).click();
    const table = page.getByRole('dialog', { name: 'The histogram as a table' });
    const sum = async (): Promise<number> =>
      (await table.locator('tbody td:last-child').allInnerTexts()).reduce(
        (before, text) => before + Number(text.replace(/\D/g, '')),
        0,
      );
    await expect.poll(sum).toBe(await total());
  });

  test('rows come both ways, however many there are, and few are held', async () => {
    await ask('');
    const grid = page.locator('.rows');
    const lastRow = async (): Promise<number> =>
      Number(await page.locator('.row[data-id]').last().getAttribute('aria-rowindex'));
    const firstRow = async (): Promise<number> =>
      Number(await page.locator('.row[data-id]').first().getAttribute('aria-rowindex'));
    const newest = await page.locator('.row[data-id]').first().getAttribute('data-id');
    const down = async (): Promise<number> => {
      await grid.evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
      return lastRow();
    };
    await expect.poll(down).toBeGreaterThan(5400);
    const up = async (): Promise<number> => {
      await grid.evaluate((element) => element.scrollBy({ top: -4000 }));
      return firstRow();
    };
    await expect.poll(up).toBe(2);
    await expect.poll(() => page.locator('.row[data-id]').first().getAttribute('data-id')).toBe(newest);
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
    // The records of the query before stay until the new ones are there.
    await expect.poll(() => page.locator('.row[data-id]:not(.level-error, .level-critical)').count()).toBe(0);
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

  test('a field that is not there is named, with what was meant', async () => {
    await ask('Subsystem:agent');
    const note = page.locator('.empty', { hasText: 'The field Subsystem is not known here' });
    await note.filter({ hasText: 'Did you mean kata.subsystem or ' }).waitFor();
  });

  test('a wrong query says where it is wrong', async () => {
    await page.goto(`${served.origin}/?q=${encodeURIComponent('level:(error')}`);
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

  test('the slow sandbox is reached by keys alone', async () => {
    const slow = plantedSandbox(logs);
    await ask('');
    const focused = (): Promise<string> =>
      page.evaluate("document.activeElement.getAttribute('title') ?? document.activeElement.textContent ?? ''");
    const tabTo = async (what: string): Promise<void> => {
      for (let presses = 0; presses < 200 && (await focused()) !== what; presses++) await page.keyboard.press('Tab');
      expect(await focused()).toBe(what);
      await page.keyboard.press('Enter');
    };
    await tabTo('Sandboxes');
    await page.locator(`a[title="${slow.id}"]`).waitFor();
    await tabTo(slow.id);
    expect(await page.locator('tr.slowest').getAttribute('data-phase')).toBe(slow.phase);
  });

  test('new records are followed, and wait while somebody reads further down', async () => {
    await page.goto(`${served.origin}/?q=${encodeURIComponent('tag:followed')}&tail=true`);
    await page.getByText('following').waitFor();
    const written = (from: number, count: number): readonly object[] =>
      Array.from({ length: count }, (_, at) => ({
        tag: 'followed',
        MESSAGE: `new ${from + at}`,
        '@timestamp': new Date(from + at).toISOString(),
      }));
    await served.write(written(0, 100));
    await page.getByText('new 99', { exact: true }).waitFor();
    await page.locator('.rows').evaluate((element) => element.scrollTo({ top: 600 }));
    await page.locator('.row[data-id][aria-rowindex="40"]').waitFor();
    await served.write(written(100, 7));
    await page.getByRole('button', { name: '7 new' }).click();
    await page.getByText('new 106', { exact: true }).waitFor();
  });

  test('a search is saved, found again and deleted; what was asked is remembered', async () => {
    await ask('');
    await page.locator('[data-query-editor] .cm-content').click();
    await page.keyboard.type('level:error');
    await page.keyboard.press('Enter');
    await expect.poll(() => new URL(page.url()).searchParams.get('q')).toBe('level:error');
    const menu = page.getByRole('button', { name: '☆ saved' });
    await menu.click();
    await page.getByRole('textbox', { name: 'Name of the search' }).fill('only errors');
    await page.getByRole('button', { name: 'save', exact: true }).click();
    await page.getByRole('button', { name: 'Delete only errors' }).waitFor();
    await page.keyboard.press('Escape');
    await ask('');
    await menu.click();
    await page.getByRole('button', { name: 'only errors', exact: true }).click();
    await expect.poll(() => new URL(page.url()).searchParams.get('q')).toBe('level:error');
    await menu.click();
    await page.getByRole('button', { name: 'Delete only errors' }).click();
    await expect.poll(() => page.getByRole('button', { name: 'Delete only errors' }).count()).toBe(0);
    await page.getByRole('list', { name: 'Asked before' }).getByRole('button', { name: 'level:error' }).waitFor();
  });

  test('the whole result is exported, in each form', async () => {
    await ask('level:error');
    await expect.poll(total).toBeGreaterThan(0);
    const errors = await total();
    for (const [name, lines] of [
      ['as JSON lines', errors],
      ['as csv', errors + 1],
      ['as logfmt', errors],
    ] as const) {
      expect(linesOf(await exported(page, name)), name).toBe(lines);
    }
  });

  test('keys are changed, and a record is followed by time within its sandbox', async () => {
    await ask('kata.sandbox:*');
    await page.keyboard.press('?');
    const keys = page.getByRole('dialog', { name: 'Keys' });
    await keys.getByRole('button', { name: 'j: next record. Choose another key' }).click();
    await page.keyboard.press('n');
    await keys.getByRole('button', { name: 'n: next record. Choose another key' }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('n');
    await page.locator('.row[aria-selected="true"]').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Since the record before/ }).click();
    await expect
      .poll(() => page.locator('.row[data-id] .col-delta').first().innerText())
      .toMatch(/^[\d.]+ (m?s|µs)|m /);
    await page.getByRole('button', { name: /^Since the start of the sandbox/ }).click();
    await page.keyboard.press('?');
    await keys.getByRole('button', { name: 'the usual keys again' }).click();
    await page.keyboard.press('Escape');
  });

  test('problems of a time: those that were not there before are new', async () => {
    await page.goto(`${served.origin}/problems?from=2026-03-02T13:00:00Z`);
    const panic = page.locator('tr', { hasText: 'panicked at' });
    await panic.locator('.chip', { hasText: 'new' }).waitFor();
    expect(await page.locator('tr', { hasText: 'failed to launch qemu' }).locator('.chip').count()).toBe(0);
    await page.getByRole('button', { name: /◷/ }).click();
    await page.getByRole('button', { name: 'everything' }).click();
    await expect.poll(() => new URL(page.url()).searchParams.get('from')).toBeNull();
    await page.locator('tr', { hasText: 'oom-killer' }).waitFor();
    expect(await page.locator('.chip', { hasText: 'new' }).count()).toBe(0);
  });

  test('hostile text is shown as text', async () => {
    await ask('hostile');
    await page.locator('.row[data-id]').first().click();
    await expect.poll(() => page.locator('.record-panel .message').innerText()).toContain('<img src=x');
    for (const tab of ['JSON', 'raw']) await page.getByRole('tab', { name: tab }).click();
    expect(await page.evaluate('window.harmed')).toBeUndefined();
    for (const place of ['problems', 'sandboxes', 'sources']) {
      await page.goto(`${served.origin}/${place}`);
      await page.locator('main').waitFor();
      await expect.poll(() => page.locator('main .empty', { hasText: 'looking' }).count(), { message: place }).toBe(0);
      expect(await page.evaluate('window.harmed'), place).toBeUndefined();
    }
  });

  test.each(['light', 'dark'] as const)('axe finds nothing, in %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    for (const place of ['/', '/sandboxes', '/problems', '/sources']) {
      await page.goto(`${served.origin}${place}`);
      expect(await axeFindings(page), place).toEqual([]);
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

/** Lines of a text, those that a cell in quotes goes on over counted once. */
function linesOf(text: string): number {
  return text
    .replace(/"(?:[^"]|"")*"/g, '""')
    .trimEnd()
    .split('\n').length;
}

function hostileLine(): string {
  const fields = ['subsystem', 'source', 'name', 'sandbox', 'container', 'error', 'command']
    .map((name) => `${name}=${JSON.stringify(HOSTILE)}`)
    .join(' ');
  return `time="2026-03-02T12:00:00.123456789Z" level=error msg=${JSON.stringify(`hostile ${HOSTILE}`)} pid=1 ${fields}\n`;
}
