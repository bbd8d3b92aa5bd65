// The sorter is a stable sort by time, whatever it spills.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Instant } from '../core/event.ts';
import { frameBytes, HEAD_BYTES } from './record-frames.ts';
import { RecordSorter } from './record-sorter.ts';

interface Record {
  readonly seconds: number;
  readonly nanos: number;
  readonly text: string;
  readonly asBytes: boolean;
}

const record = fc.record({
  seconds: fc.integer({ min: -3, max: 3 }),
  nanos: fc.integer({ min: 0, max: 2 }),
  text: fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.nat(6000).map((length) => 'y'.repeat(length)),
  ),
  asBytes: fc.boolean(),
});

/** As a frame, with more free bytes than it needs. */
function addBytes(sorter: RecordSorter, time: Instant, at: number, text: string): void {
  const bytes = Buffer.byteLength(text);
  const size = frameBytes(bytes) + 8 * (at % 3);
  const frame = Buffer.alloc(size);
  frame.write(text, HEAD_BYTES);
  const start = sorter.addFrames(frame.subarray(0, at % 2 === 0 ? HEAD_BYTES + bytes : size));
  sorter.noteFrame({ start, size: at % 2 === 0 ? frameBytes(bytes) : size, bytes }, time, at, ~at, at);
}

function sorted(
  records: readonly Record[],
  chunkBytes: number,
): readonly (readonly [number, number, number, string])[] {
  const sorter = new RecordSorter(chunkBytes);
  records.forEach(({ seconds, nanos, text, asBytes }, at) => {
    if (asBytes) addBytes(sorter, { seconds, nanos }, at, text);
    else sorter.add({ seconds, nanos }, at, ~at, at, text);
  });
  const found: (readonly [number, number, number, string])[] = [];
  for (const group of sorter.groups())
    for (const { seconds, nanos, sink, bytes, start, end } of group)
      found.push([seconds, nanos, sink, bytes.toString('utf8', start, end)]);
  sorter.close();
  return found;
}

test('as a stable sort in memory', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 200 }), fc.integer({ min: 64, max: 12_000 }), (records, chunkBytes) => {
      const expected = records
        .map(({ seconds, nanos, text }, at) => [seconds, nanos, at, Buffer.from(text).toString('utf8')] as const)
        .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
      expect(sorted(records, chunkBytes)).toEqual(expected);
    }),
  );
});

test('records of which few are late', () => {
  const ordered = fc
    .array(record, { maxLength: 200 })
    .map((records) =>
      records.map((one, at) => ({ ...one, seconds: one.seconds === -3 && one.nanos === 0 ? -at : at >> 2, nanos: 0 })),
    );
  fc.assert(
    fc.property(ordered, fc.integer({ min: 4096, max: 20_000 }), (records, chunkBytes) => {
      const expected = records
        .map(({ seconds, nanos, text }, at) => [seconds, nanos, at, Buffer.from(text).toString('utf8')] as const)
        .sort((a, b) => a[0] - b[0]);
      expect(sorted(records, chunkBytes)).toEqual(expected);
    }),
  );
});

test('a record longer than a chunk and a piece', () => {
  const long = 'x'.repeat(3 << 20);
  const texts = ['b', long, 'a'];
  const records = texts.map((text, at) => ({ seconds: -at, nanos: 0, text, asBytes: at === 1 }));
  expect(sorted(records, 4096).map(([, , , text]) => text)).toEqual(['a', long, 'b']);
});
