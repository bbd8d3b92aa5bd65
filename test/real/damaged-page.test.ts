// A byte of a segment on the disk is another one: the page shows everything else, and says what it cannot show.
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/pipeline/system-clock.ts';
import { documentId } from '../../src/search/id.ts';
import { openForWriting } from '../../src/store/open-store.ts';
import { axeFindings, missingForBrowser, ServedPage, startBrowser } from '../support/browser.ts';
import { scratchFolders } from '../support/folder.ts';

const folderOf = scratchFolders();
const missing = missingForBrowser();
const mustBeThere = process.env['CI'] === 'true' || process.env['KATALOG_REQUIRE_SERVERS'] === '1';
if (missing !== undefined && mustBeThere) throw new Error(`no browser: ${missing}`);
if (missing !== undefined) console.log(`skipped: no browser (${missing})`);

const log = { debug: () => undefined, info: () => undefined, warn: console.warn, error: console.error };
const PARTS = ['first', 'second'] as const;
const RECORDS = 30;
const START = 1_772_409_600_000_000_000n;

/** A store of two segments, one for each part. */
async function writeStore(directory: string): Promise<readonly string[]> {
  const { store, writer, close } = await openForWriting({ directory, clock: systemClock, log });
  for (const [at, part] of PARTS.entries()) {
    const records = Array.from({ length: RECORDS }, (_, n) => ({
      id: documentId('aaaaaaaaaaa', at * RECORDS + n, 1, 0),
      time: START + BigInt(at * RECORDS + n),
      document: JSON.stringify({ tag: part, MESSAGE: `${part} ${n}` }),
    }));
    await store.append(records, new AbortController().signal);
    await writer.seal();
  }
  await close();
  const segments = path.join(directory, 'seg');
  return fs
    .readdirSync(segments, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.parquet'))
    .sort()
    .map((name) => path.join(segments, name));
}

function flipByte(file: string): void {
  const bytes = fs.readFileSync(file);
  const middle = bytes.length >> 1;
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
  fs.writeFileSync(file, bytes);
}

describe.skipIf(missing !== undefined)('a damaged segment', () => {
  let browser: Browser;
  let served: ServedPage;
  let page: Page;
  let damaged: string;

  beforeAll(async () => {
    const state = folderOf('damaged-page');
    const [first, second] = await writeStore(path.join(state, 'store'));
    if (first === undefined || second === undefined) throw new Error('two segments were written');
    flipByte(first);
    damaged = path.basename(first);
    const empty = path.join(state, 'empty.log');
    fs.writeFileSync(empty, '');
    served = await ServedPage.files([empty], state);
    browser = await startBrowser();
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(served.url);
  });
  afterAll(async () => {
    await browser.close();
    await served.stop();
  });

  test('costs its own records only, and is named where records are shown', async () => {
    await page.getByText(`second ${RECORDS - 1}`, { exact: true }).waitFor();
    await expect.poll(() => page.locator('.total strong').innerText()).toBe(String(RECORDS));
    await page.getByRole('button', { name: '1 damaged' }).click();
    const note = page.locator('.damage');
    await note.getByText(`Up to ${RECORDS} records cannot be read`).waitFor();
    await note.getByText(damaged).waitFor();
  });

  test('is named where the state of the store is shown', async () => {
    await page.goto(`${served.origin}/sources`);
    await page.getByRole('alert').getByText(damaged).waitFor();
    await page.getByRole('link', { name: 'damaged segments' }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
  });
});
