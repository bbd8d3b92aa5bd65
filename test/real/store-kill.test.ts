// The embedded store, killed with -9 again and again while it appends and seals: what was acknowledged is there, once.
import { type ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/pipeline/system-clock.ts';
import { documentId } from '../../src/search/id.ts';
import { allRecords } from '../../src/store/all-records.ts';
import { readManifest } from '../../src/store/manifest.ts';
import { openForReading, openForWriting } from '../../src/store/open-store.ts';
import { buildStoreChild } from '../support/store-child-bundle.ts';
import { BATCH_RECORDS, recordOf } from '../support/store-records.ts';

const KILLS = Number(process.env['KATALOG_KILLS'] ?? 20);
/** Batches acknowledged before a kill, at most. */
const BATCHES_MAX = 25;
/** A new process begins with batches that were acknowledged already. */
const REPLAYED = 3;

/** A run up to its kill, on a busy machine. */
const KILL_MAX_MS = 60_000;

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const signal = new AbortController().signal;
let folder = '';
let program = '';

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'katalog-store-kill-'));
  program = await buildStoreChild('kill');
});

afterAll(() => {
  fs.rmSync(folder, { recursive: true, force: true });
  fs.rmSync(program, { force: true });
});

/** Starts a writer and kills it behind a number of acknowledged batches. @returns the last one it acknowledged. */
async function runAndKill(store: string, first: number, batches: number): Promise<number> {
  const child: ChildProcess = spawn(process.execPath, [program, store, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    if (text.split('\n').length > batches) child.kill('SIGKILL');
  });
  await new Promise((resolve) => {
    child.on('close', resolve);
  });
  const acknowledged = text.split('\n').slice(0, -1).map(Number);
  return acknowledged.at(-1) ?? first - 1;
}

test(
  `${KILLS} kills while appending and sealing: nothing acknowledged is lost, nothing is there twice`,
  async () => {
    const store = path.join(folder, 'store');
    let last = -1;
    for (let kill = 0; kill < KILLS; kill++) {
      const batches = 1 + ((kill * 7919) % BATCHES_MAX);
      last = Math.max(last, await runAndKill(store, Math.max(0, last + 1 - REPLAYED), batches));
    }
    const {
      store: opened,
      writer,
      close,
    } = await openForWriting({ directory: store, clock: systemClock, log: silent });
    await writer.seal();
    const seen = new Map<string, number>();
    for await (const page of allRecords(opened, { query: { kind: 'all' } }, 'asc', signal)) {
      for (const { id } of page) seen.set(id, (seen.get(id) ?? 0) + 1);
    }
    await close();
    const acknowledged = (last + 1) * BATCH_RECORDS;
    const missing = Array.from({ length: acknowledged }, (_, n) => recordOf(n, documentId).id).filter(
      (id) => !seen.has(id),
    );
    const doubled = [...seen].filter(([, count]) => count > 1);
    console.log(
      `${KILLS} kills, ${acknowledged} acknowledged records, ${missing.length} lost, ${doubled.length} doubled`,
    );
    expect(missing).toEqual([]);
    expect(doubled).toEqual([]);
    expect(acknowledged).toBeGreaterThan(KILLS * BATCH_RECORDS);
  },
  KILLS * KILL_MAX_MS,
);

test('a flipped byte in a segment costs that segment only, and is told', async () => {
  const store = path.join(folder, 'store');
  // Merged segments may still lie beside those that took their place.
  const segments = [...readManifest(path.join(store, 'manifest.jsonl')).segments.keys()];
  const victim = path.join(store, segments[segments.length >> 1] as string);
  const before = openForReading(store, systemClock);
  const all = await before.count({ query: { kind: 'all' } }, signal);
  await before.close();
  const bytes = fs.readFileSync(victim);
  const at = Math.floor(bytes.length / 3);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 0x10, at);
  fs.writeFileSync(victim, bytes);
  const after = openForReading(store, systemClock);
  const { damaged } = await after.overview(signal);
  const rest = await after.count({ query: { kind: 'all' } }, signal);
  await after.close();
  expect(damaged).toHaveLength(1);
  expect(rest).toBe(all - (damaged[0]?.rows ?? 0));
});
