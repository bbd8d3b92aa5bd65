// The embedded store read by this process while another one appends, seals, merges and drops: every answer is whole.
import { type ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/pipeline/system-clock.ts';
import { openForReading } from '../../src/store/open-store.ts';
import { buildStoreChild } from '../support/store-child-bundle.ts';
import { BATCH_RECORDS } from '../support/store-records.ts';

const BATCHES = 40;
const TEST_MAX_MS = 120_000;
/** Room for a few of the child's segments. */
const KEPT_BYTES = 20_000;
const all = { query: { kind: 'all' } } as const;
const signal = new AbortController().signal;
let folder = '';
let program = '';

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'katalog-store-readers-'));
  program = await buildStoreChild('readers');
});

afterAll(() => {
  fs.rmSync(folder, { recursive: true, force: true });
  fs.rmSync(program, { force: true });
});

interface Running {
  readonly child: ChildProcess;
  /** Batches that it has acknowledged. */
  acknowledged(): number;
  readonly begun: Promise<void>;
  readonly ended: Promise<void>;
}

function start(store: string, ...more: string[]): Running {
  const child = spawn(process.execPath, [program, store, '0', ...more], { stdio: ['ignore', 'pipe', 'inherit'] });
  let lines = 0;
  const begun = new Promise<void>((resolve) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      lines += chunk.toString('latin1').split('\n').length - 1;
      resolve();
    });
  });
  const ended = new Promise<void>((resolve) => {
    child.on('close', () => resolve());
  });
  return { child, acknowledged: () => lines, begun, ended };
}

function kindsIn(store: string): Set<string> {
  const manifest = fs.readFileSync(path.join(store, 'manifest.jsonl'), 'utf8');
  return new Set([...manifest.matchAll(/"kind":"(\w+)"/g)].map(([, kind]) => kind as string));
}

test(
  'counts hold what is acknowledged, pages are full',
  async () => {
    const store = path.join(folder, 'growing');
    const { child, acknowledged, begun, ended } = start(store);
    await begun;
    const reader = openForReading(store, systemClock);
    let answers = 0;
    // Segments are merged when the writer finds the time.
    const isOver = (batches: number): boolean => batches >= BATCHES && kindsIn(store).has('merge');
    for (let before = acknowledged(); !isOver(before); before = acknowledged()) {
      const count = await reader.count(all, signal);
      expect(count).toBeGreaterThanOrEqual(before * BATCH_RECORDS);
      const { records } = await reader.search({ ...all, order: 'desc', limit: 50 }, signal);
      expect(records).toHaveLength(50);
      answers += 2;
    }
    child.kill('SIGKILL');
    await ended;
    await reader.close();
    expect(answers).toBeGreaterThan(0);
    expect([...kindsIn(store)]).toEqual(expect.arrayContaining(['seal', 'merge']));
  },
  TEST_MAX_MS,
);

test(
  'answers go on while the oldest segments are dropped',
  async () => {
    const store = path.join(folder, 'kept');
    const { child, acknowledged, begun, ended } = start(store, String(KEPT_BYTES));
    await begun;
    const reader = openForReading(store, systemClock);
    // Until something was dropped, which may come after the last batch that is asked for.
    while (acknowledged() < BATCHES || !kindsIn(store).has('drop')) {
      const { records, damaged } = await reader.search({ ...all, order: 'desc', limit: 50 }, signal);
      expect(records.length).toBeGreaterThan(0);
      expect(damaged).toEqual([]);
    }
    child.kill('SIGKILL');
    await ended;
    expect(await reader.count(all, signal)).toBeLessThan((acknowledged() + 1) * BATCH_RECORDS);
    await reader.close();
    expect([...kindsIn(store)]).toEqual(expect.arrayContaining(['drop']));
  },
  TEST_MAX_MS,
);
