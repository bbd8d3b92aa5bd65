import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json } from '../../core/plugin.ts';
import { CommitLog, decodeFrames, encodeFrame } from './commit-log.ts';

function temporary(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'katalog-log-'));
}

test('what was appended is read back, and a new log begins with the snapshot', () => {
  const directory = temporary();
  const log = CommitLog.start(directory, 0, () => ({ snap: 1 }));
  log.append({ a: 1 });
  log.append([2, 'ü']);
  log.close();
  expect(CommitLog.read(directory)).toEqual({ number: 1, records: [{ snap: 1 }, { a: 1 }, [2, 'ü']] });
});

test('a log cut at any byte gives the records before the cut, and nothing else', () => {
  const records: Json[] = [{ a: 1 }, 'x'.repeat(300), [1, 2, 3], null];
  const whole = Buffer.concat(records.map(encodeFrame));
  const ends = records.map((_, i) => Buffer.concat(records.slice(0, i + 1).map(encodeFrame)).length);
  for (let cut = 0; cut <= whole.length; cut++) {
    const complete = ends.filter((end) => end <= cut).length;
    expect(decodeFrames(whole.subarray(0, cut)).records).toEqual(records.slice(0, complete));
  }
});

test('a log with a flipped bit gives a prefix of its records', () => {
  const records: Json[] = [{ pos: 12_345 }, { pos: 23_456 }, { pos: 34_567 }];
  const whole = Buffer.concat(records.map(encodeFrame));
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(7), (byte, bit) => {
      const damaged = Buffer.from(whole);
      damaged[byte] = (damaged[byte] as number) ^ (1 << bit);
      const read = decodeFrames(damaged).records;
      expect(records.slice(0, read.length)).toEqual(read);
      expect(read.length).toBeLessThan(records.length);
    }),
    { numRuns: 1000 },
  );
});

test('any bytes are read without a fault', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(decodeFrames(Buffer.from(bytes)).goodBytes).toBeLessThanOrEqual(bytes.length);
    }),
  );
});

test('when the newest log has no valid record, the one before it is used', () => {
  const directory = temporary();
  CommitLog.start(directory, 0, () => 'old').close();
  fs.writeFileSync(path.join(directory, 'pos-2.log'), 'torn');
  expect(CommitLog.read(directory)).toEqual({ number: 1, records: ['old'] });
});

test('a long log is replaced by its snapshot, and only the log before it is kept', () => {
  const directory = temporary();
  let last: Json = 0;
  const log = CommitLog.start(directory, 0, () => ({ snap: last }));
  for (let i = 1; i <= 40; i++) {
    last = i;
    log.append({ i, filler: 'x'.repeat(100_000) });
  }
  log.close();
  const names = fs.readdirSync(directory).sort();
  expect(names).toHaveLength(2);
  const { records } = CommitLog.read(directory);
  const final = records.at(-1) as { i?: number; snap?: number };
  expect(final.i ?? final.snap).toBe(40);
});
