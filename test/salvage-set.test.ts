// The salvage set: the same bytes on every run, every damage in it, and a truth that points at lines that are there.
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeSalvageSet } from '../samples/salvage/set.js';

const RECORDS = 2500;
/** What the components write by nature; it is in every set. */
const NATURAL = ['C10', 'C17', 'C18', 'C19', 'C20', 'C21', 'C22', 'C24', 'none'];
const MUST = ['exact', 'salvage', 'drop', 'flag', 'any'];

interface Truth {
  readonly file: string;
  readonly line_first: number;
  readonly line_last: number;
  readonly shape: string | null;
  readonly must: string;
}

let root = '';
let written: ReturnType<typeof writeSalvageSet>;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'katalog-set-'));
  written = writeSalvageSet({ directory: join(root, 'one'), records: RECORDS });
});

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

function digests(name: string): readonly string[] {
  const directory = join(root, name);
  return readdirSync(directory)
    .sort()
    .map(
      (file) =>
        `${file} ${createHash('sha256')
          .update(readFileSync(join(directory, file)))
          .digest('hex')}`,
    );
}

const linesOf = (file: string): readonly string[] => readFileSync(join(root, 'one', file), 'utf8').split('\n');
const truths = (): readonly Truth[] =>
  linesOf('truth.ndjson')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Truth);

test('two runs write the same bytes', () => {
  writeSalvageSet({ directory: join(root, 'two'), records: RECORDS });
  expect(digests('two')).toEqual(digests('one'));
});

test('another seed writes others', () => {
  writeSalvageSet({ directory: join(root, 'three'), records: 200, seed: 8 });
  writeSalvageSet({ directory: join(root, 'four'), records: 200, seed: 9 });
  expect(digests('three')).not.toEqual(digests('four'));
});

test('as many true records as were asked for, and a truth for each', () => {
  expect(written.records).toBeGreaterThanOrEqual(RECORDS);
  expect(written.records).toBeLessThan(RECORDS * 1.05);
  expect(truths()).toHaveLength(written.records);
});

test('the truth points at lines that are there', () => {
  const counts = new Map(readdirSync(join(root, 'one')).map((file) => [file, linesOf(file).length]));
  for (const truth of truths()) {
    expect(truth.line_first).toBeGreaterThanOrEqual(1);
    expect(truth.line_last).toBeGreaterThanOrEqual(truth.line_first);
    expect(truth.line_last).toBeLessThanOrEqual(counts.get(truth.file) ?? 0);
    expect(MUST).toContain(truth.must);
    expect(truth.must === 'exact').toBe(truth.shape === null);
  }
});

test.each(['C1', 'C7', 'C26'])('with --shape %s only that damage is put in', (shape) => {
  const { counts } = writeSalvageSet({ directory: join(root, shape), records: 1500, shape });
  expect(counts.get(shape) ?? 0).toBeGreaterThan(0);
  expect([...counts.keys()].filter((name) => name !== shape && !NATURAL.includes(name))).toEqual([]);
});
