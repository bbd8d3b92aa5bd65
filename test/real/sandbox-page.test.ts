// The page that `katalog sandbox ID --html` writes, opened from the disk in a real browser: nothing is loaded, nothing of a
// record is markup, the filters work, and it can be read in both colour schemes.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingForBrowser, startBrowser } from '../support/browser.ts';
import { scratchFolders } from '../support/folder.ts';

const bin = fileURLToPath(new URL('../../bin/katalog.js', import.meta.url));
const SANDBOX = 'ab'.repeat(32);
const HOSTILE = '</script><script>document.title="owned"</script><img src=x onerror=document.title="owned">';
const SECRET = 'planted-and-never-shown';
const folderOf = scratchFolders();
const missing = missingForBrowser();
if (missing) console.log(`page of a sandbox: not run, ${missing}`);

function shimLine(second: number, level: string, msg: string, more = ''): string {
  const time = `2026-03-01T00:00:${String(second).padStart(2, '0')}.5Z`;
  return `time="${time}" level=${level} msg=${JSON.stringify(msg)}${more} name=containerd-shim-v2 pid=7 sandbox=${SANDBOX} source=virtcontainers subsystem=sandbox`;
}

function writtenPage(): string {
  const folder = folderOf('sandbox-page');
  const log = path.join(folder, 'shim.log');
  const lines = [
    shimLine(1, 'info', 'Starting VM'),
    shimLine(2, 'info', 'VM started'),
    shimLine(3, 'error', HOSTILE, ` error=${JSON.stringify('password=planted-and-never-shown')}`),
    shimLine(4, 'debug', '\u2028 and ]]> and <!-- and &amp; and \u202e reversed'),
    ...Array.from({ length: 600 }, (_, index) => shimLine(5 + Math.floor(index / 20), 'debug', `step ${index}`)),
  ];
  fs.writeFileSync(log, `${lines.join('\n')}\n`);
  const file = path.join(folder, 'page.html');
  const { status, stderr } = spawnSync(process.execPath, [bin, 'sandbox', SANDBOX, log, '--html', file], {
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(0);
  return file;
}

describe.skipIf(missing !== undefined)('a sandbox as a page', () => {
  let browser: Browser;
  let page: Page;
  let file = '';
  const faults: string[] = [];

  beforeAll(async () => {
    file = writtenPage();
    browser = await startBrowser();
    page = await browser.newPage();
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => faults.push(message.text()));
    page.on('request', (request) => {
      if (request.url() !== pathToFileURL(file).href) faults.push(`request: ${request.url()}`);
    });
    await page.goto(pathToFileURL(file).href);
  });

  afterAll(async () => {
    await browser.close();
  });

  test('it loads nothing, breaks no rule of its own, and shows the life', async () => {
    expect(await page.title()).toBe(`Kata sandbox ${SANDBOX}`);
    expect(await page.locator('svg rect').count()).toBeGreaterThan(0);
    expect(await page.locator('#count').textContent()).toBe('604 of 604 records');
    expect(faults).toEqual([]);
  });

  test('hostile text is text', async () => {
    await page.fill('#text', 'owned');
    expect(await page.locator('#rows td:last-child').allTextContents()).toEqual([HOSTILE]);
    expect(await page.title()).not.toContain('owned');
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('#rows tr.error.first').count()).toBe(1);
  });

  test('text and level narrow the records, and the rest comes in steps', async () => {
    await page.fill('#text', '');
    expect(await page.locator('#rows tr').count()).toBe(500);
    await page.click('#more');
    expect(await page.locator('#rows tr').count()).toBe(604);
    expect(await page.locator('#more').isHidden()).toBe(true);
    await page.selectOption('#level', 'info');
    expect(await page.locator('#count').textContent()).toBe('3 of 604 records');
    await page.fill('#text', 'vm STARTED');
    expect(await page.locator('#count').textContent()).toBe('1 of 604 records');
  });

  test.each(['light', 'dark'] as const)('%s: text stands out from its ground', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    const colours = await page.evaluate<readonly string[]>(
      '[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]',
    );
    const [text = 0, ground = 0] = colours.map((rgb) => Number(/\d+/.exec(rgb)?.[0]));
    expect(text > ground).toBe(colorScheme === 'dark');
    expect(Math.abs(text - ground)).toBeGreaterThan(150);
  });

  test('no secret is in the file', () => {
    expect(fs.readFileSync(file, 'utf8')).not.toContain(SECRET);
  });
});
