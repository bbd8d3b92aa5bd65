// What the page offers, each once, on however many records there are: a step that does not come to its end has failed.

const rows = (page) => page.locator('.row[data-id]');
const total = async (page) => Number((await page.locator('.total strong').innerText()).replace(/\D/g, ''));

const LOOK_MS = 20;
const LOOKS_MAX = 500;

async function until(what) {
  for (let look = 0; !(await what()); look++) {
    if (look === LOOKS_MAX) throw new Error('nothing came of it');
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

async function ask(page, origin, query = '') {
  await page.goto(`${origin}/?q=${encodeURIComponent(query)}`);
  await rows(page).first().waitFor();
  await page.locator('.facet-value .value').first().waitFor();
}

const queryOf = (page) => new URL(page.url()).searchParams.get('q');

/** Name and what is done; each begins on the page of records. */
export const FEATURES = [
  [
    'a query typed, with completion, by keys alone',
    async (page) => {
      await page.locator('[data-query-editor] .cm-content').waitFor();
      await page.keyboard.press('/');
      await page.keyboard.type('kata_lev');
      await page.locator('.cm-tooltip-autocomplete').waitFor();
      await page.keyboard.press('Escape');
      await page.keyboard.type('el:error');
      await page.keyboard.press('Enter');
      await until(() => queryOf(page) === 'kata_level:error');
      await rows(page).first().waitFor();
    },
  ],
  [
    'the histogram zoomed by the mouse',
    async (page) => {
      const all = await total(page);
      const box = await page.getByRole('application').boundingBox();
      await page.mouse.move(box.x + box.width * 0.2, box.y + 40);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.6, box.y + 40, { steps: 5 });
      await page.mouse.up();
      await until(async () => (await total(page)) < all);
    },
  ],
  [
    'a value of a facet chosen',
    async (page) => {
      const values = page.locator('.facet').first().locator('.facet-value .value');
      await values.nth(0).click();
      await until(() => queryOf(page) !== null);
      await rows(page).first().waitFor();
    },
  ],
  [
    "a field's statistics",
    async (page) => {
      await page
        .getByRole('button', { name: /^Statistics of/ })
        .first()
        .click();
      await page.getByRole('dialog').getByText('different values').waitFor();
      await page.keyboard.press('Escape');
    },
  ],
  [
    'a record opened, as a table, JSON and raw',
    async (page) => {
      await rows(page).nth(2).click();
      const panel = page.getByRole('region', { name: 'Record' });
      await panel.getByRole('rowheader').first().waitFor();
      for (const tab of ['JSON', 'raw']) await panel.getByRole('tab', { name: tab }).click();
      await page.keyboard.press('Escape');
    },
  ],
  [
    'what stands around a record, by keys',
    async (page) => {
      await page.keyboard.press('j');
      await page.locator('.row[aria-selected="true"]').waitFor();
      await page.keyboard.press('c');
      await page.getByRole('dialog', { name: 'Around this record' }).locator('[aria-current="true"]').waitFor();
      await page.keyboard.press('Escape');
    },
  ],
  [
    'the list of sandboxes, and the first of them',
    async (page) => {
      await page.getByRole('link', { name: 'Sandboxes' }).click();
      await page.locator('table.list tbody a').first().click();
      await page.locator('.facts').waitFor();
    },
  ],
  [
    'problems by kind of message',
    async (page) => {
      await page.getByRole('link', { name: 'Problems' }).click();
      await page.locator('table.list tbody tr').first().waitFor();
    },
  ],
  [
    'the sources and their state',
    async (page) => {
      await page.getByRole('link', { name: 'Sources' }).click();
      await page.locator('main h1').waitFor();
    },
  ],
];

/** Milliseconds that a feature took, or why it did not come to its end. */
export async function tryFeature(page, origin, work) {
  await ask(page, origin);
  const startMs = performance.now();
  try {
    await work(page);
    return { ms: performance.now() - startMs };
  } catch (thrown) {
    return { failure: thrown instanceof Error ? thrown.message.split('\n', 1)[0] : String(thrown) };
  }
}
