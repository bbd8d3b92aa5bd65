// A query is asked again as long as the writer takes its files away, and given up where it fails with all of them there.
import { expect, test } from 'vitest';
import { EnvironmentError } from '../core/failure.ts';
import type { Snapshot } from './files.ts';
import { layoutOf } from './layout.ts';
import type { Segment } from './manifest.ts';
import { Reading } from './reading.ts';

const failed = new EnvironmentError('store/query', 'No files found');

function segment(number: number): Segment {
  const counts = { columns: {}, streams: {}, foreign: 0, sealedAt: 0 };
  return { file: `${number}.parquet`, min: '0', max: '1', rows: 1, bytes: 1, crc: 0, ...counts };
}

const settled = (): Promise<boolean> => Promise.resolve(true);

/** Files of which the writer drops the first one each time they are looked at again after a query. */
function reading(drops: () => number): Reading {
  const snapshot = (): Snapshot => ({ segments: [segment(drops()), segment(1000)], hot: [], damaged: [] });
  const files = { layout: layoutOf('store'), snapshot, areChecked: () => true, verify: settled, recheck: settled };
  return new Reading(files, { all: () => Promise.resolve([]) });
}

test('a query that loses its files each time is asked until it keeps them', async () => {
  let asked = 0;
  const answer = await reading(() => asked).over({}, ({ segments }) =>
    ++asked < 20 ? Promise.reject(failed) : Promise.resolve(segments[0]?.file),
  );
  expect([answer, asked]).toEqual(['19.parquet', 20]);
});

test('a query that fails over files that are there is given up', async () => {
  let asked = 0;
  const answer = reading(() => 0).over({}, () => {
    asked++;
    return Promise.reject(failed);
  });
  await expect(answer).rejects.toBe(failed);
  expect(asked).toBe(4);
});
