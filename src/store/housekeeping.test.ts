// When the writer seals and tidies by itself: looks a second apart, by a clock that passes at once.
import { expect, test } from 'vitest';
import type { Clock } from '../core/plugin.ts';
import { keepHouse } from './housekeeping.ts';

const MB = 1 << 20;

/** What was done at which look, over as many looks; `appendedAt` says how many records there are at each. */
async function done(
  looks: number,
  openBytes: number,
  appendedAt: (look: number) => number,
): Promise<readonly string[]> {
  const end = new AbortController();
  const log: string[] = [];
  let look = 0;
  const clock: Clock = {
    now: () => ({ seconds: 0, nanos: 0 }),
    monotonicMs: () => look * 1000,
    sleep: () => {
      if (look++ === looks) end.abort();
      return end.signal.aborted ? Promise.reject(new Error('ended')) : Promise.resolve();
    },
  };
  const house = {
    openBytes,
    get appended() {
      return appendedAt(look);
    },
    seal: () => Promise.resolve(void log.push(`seal ${look}`)),
    tidy: () => Promise.resolve(void log.push(`tidy ${look}`)),
  };
  await keepHouse(house, clock, end.signal);
  return log;
}

test.each<readonly [string, number, number, (look: number) => number, readonly string[]]>([
  ['a long file that lies still is sealed', 2, 2 * MB, () => 9, ['seal 1', 'seal 2']],
  ['one to which is appended is not', 29, 2 * MB, (look) => look, []],
  ['until it lies still', 5, 2 * MB, (look) => Math.min(look, 3), ['seal 4', 'seal 5']],
  ['a short file is left open', 29, MB - 1, () => 9, []],
  ['twice a minute it is tidied', 60, 0, () => 9, ['tidy 30', 'tidy 60']],
  ['but not while much comes', 61, 0, (look) => Math.min(look, 31) * 10_000, ['tidy 60']],
])('%s', async (_, looks, openBytes, appendedAt, expected) => {
  expect(await done(looks, openBytes, appendedAt)).toEqual(expected);
});
