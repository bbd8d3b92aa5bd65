// Measures the page: how soon it shows records and their histogram, and whether scrolling stays smooth. Prints one
// table; exit code 1 when a budget is missed. Usage (through scripts/bench-page.js): page-bench RECORDS FILE DIRECTORY
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { FEATURES, tryFeature } from './features.js';

const [records, file, directory] = [Number(process.argv[2]), process.argv[3], process.argv[4]];
const BUDGET = { shownMs: 1000, taskMs: 100 };
const POLL_MS = 500;
/** A step of a feature that takes longer has failed. */
const FEATURE_MAX_MS = 10_000;
/** The store seals what lies still for a second; until then queries read the last write-ahead file. */
const REST_MS = 5000;
const WHEEL_STEPS = 400;
const WHEEL_PX = 600;
const FRAME_MS = 16;

let missed = 0;
const say = (what, value, budget, isMet) => {
  if (!isMet) missed++;
  console.log(`${isMet ? 'ok    ' : 'MISSED'} ${what.padEnd(52)} ${value.padStart(14)}   ${budget}`);
};

/** Follows the file into the store and serves the page; resolves with the address that opens it. */
async function serve() {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const config = `${directory}/fluent.conf`;
  writeFileSync(
    config,
    `<source>
  @type tail
  path ${file}
  tag kata.journal
  read_from_head true
  <parse>
    @type json
    time_key @timestamp
    time_type string
    time_format %iso8601
  </parse>
</source>
<match **>
  @type store
  path "#{ENV['KATALOG_STORE']}"
</match>
`,
  );
  const args = [
    'bin/katalog.js',
    'up',
    '-c',
    config,
    '--state-dir',
    `${directory}/state`,
    '--host-id',
    'bench',
    '--port',
    '0',
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  for await (const chunk of child.stdout) {
    printed += chunk;
    const address = /http:\S+login\S+/.exec(printed)?.[0];
    if (address !== undefined) return { child, address };
  }
  throw new Error(`katalog up ended; it printed:\n${printed}`);
}

/** Until everything is in the store. */
async function imported(page) {
  const startMs = performance.now();
  for (;;) {
    const { records: there } = await page.evaluate("fetch('/api/about').then((answer) => answer.json())");
    if (there >= records) return (performance.now() - startMs) / 1000;
    await wait(POLL_MS);
  }
}

const SHOWN = `new Promise((resolve) => {
  const look = () =>
    document.querySelector('.row[data-id]') &&
    document.querySelector('.histogram:not([data-stale]) rect[class^="fill-"]')
      ? resolve()
      : requestAnimationFrame(look);
  look();
})`;

/** Milliseconds from the call until rows and bars of the answer are there. */
async function shown(page, go) {
  const startMs = performance.now();
  await go();
  // A locator looks again after up to half a second; this looks at every frame.
  await page.evaluate(SHOWN);
  return performance.now() - startMs;
}

async function longestTask(page, work) {
  await page.evaluate(
    `window.tasks = []; new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map((each) => each.duration))).observe({ type: 'longtask' })`,
  );
  await work();
  return Math.max(0, ...(await page.evaluate('window.tasks')));
}

async function scroll(page) {
  const box = await page.locator('.rows').boundingBox();
  await page.mouse.move(box.x + 200, box.y + 200);
  for (let step = 0; step < WHEEL_STEPS; step++) {
    await page.mouse.wheel(0, step < WHEEL_STEPS * 0.7 ? WHEEL_PX : -WHEEL_PX);
    await wait(FRAME_MS);
  }
  return Number(await page.locator('.row[data-id]').last().getAttribute('aria-rowindex'));
}

const { child, address } = await serve();
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(600_000);
  await page.goto(address);
  await page.locator('.shell').waitFor();
  const seconds = await imported(page);
  console.log(`${records} records in the store after ${seconds.toFixed(1)} s`);
  await wait(REST_MS);
  const { origin } = new URL(address);
  // Once, so that the browser has the page's files.
  await shown(page, () => page.goto(origin));
  const opened = await shown(page, () => page.goto(origin));
  say(
    'first rows and histogram, everything',
    `${opened.toFixed(0)} ms`,
    `${BUDGET.shownMs} ms`,
    opened < BUDGET.shownMs,
  );
  const asked = await shown(page, () => page.goto(`${origin}/?q=${encodeURIComponent('level:error')}`));
  say(
    'first rows and histogram, level:error',
    `${asked.toFixed(0)} ms`,
    `${BUDGET.shownMs} ms`,
    asked < BUDGET.shownMs,
  );
  await shown(page, () => page.goto(origin));
  const longest = await longestTask(page, () => scroll(page));
  say('longest task while scrolling', `${longest.toFixed(0)} ms`, `${BUDGET.taskMs} ms`, longest <= BUDGET.taskMs);
  page.setDefaultTimeout(FEATURE_MAX_MS);
  for (const [what, work] of FEATURES) {
    const { ms, failure } = await tryFeature(page, origin, work);
    say(what, failure ?? `${ms.toFixed(0)} ms`, 'works', failure === undefined);
  }
} finally {
  await browser.close();
  child.kill('SIGTERM');
  await once(child, 'exit');
}
process.exitCode = missed === 0 ? 0 : 1;
