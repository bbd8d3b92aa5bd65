import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Duck } from './duck.ts';
import { layoutOf } from './layout.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'katalog-duck-'));
const duck = new Duck(layoutOf(folder), { memoryBytes: 64 << 20, threads: 1, queries: 1 });
afterAll(async () => {
  await duck.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

const one = (signal?: AbortSignal): Promise<unknown> => duck.all({ sql: 'SELECT 1 AS one', values: [] }, signal);

test.each([
  ['those in the middle', [1, 3]],
  ['the first', [0]],
  ['the next ones', [1, 2, 3, 4]],
  ['the last', [5]],
])('queries that give up waiting take no turn from others: %s', async (_who, leaving) => {
  const controllers = Array.from({ length: 6 }, () => new AbortController());
  const answers = controllers.map(({ signal }) => one(signal));
  for (const at of leaving) controllers[at]?.abort(new Error('the client went away'));
  const outcomes = await Promise.allSettled(answers);
  const stayed = outcomes.filter((_, at) => !leaving.includes(at));
  expect(stayed.map(({ status }) => status)).toEqual(stayed.map(() => 'fulfilled'));
  expect(outcomes.filter((_, at) => at > 0 && leaving.includes(at)).every(({ status }) => status === 'rejected')).toBe(
    true,
  );
  await expect(one()).resolves.toEqual([{ one: 1 }]);
});

test('every connection remembers what it read of the files', async () => {
  const both = new Duck(layoutOf(folder), { memoryBytes: 64 << 20, threads: 1, queries: 2 });
  const asked = { sql: "SELECT current_setting('parquet_metadata_cache') AS cached", values: [] };
  const answers = await Promise.all([both.all(asked), both.all(asked)]);
  await both.close();
  expect(answers).toEqual([[{ cached: true }], [{ cached: true }]]);
});
