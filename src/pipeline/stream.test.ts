import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StreamState } from './state/model.ts';
import { TrackedStream, type WatermarkListener } from './stream.ts';

function streamState(): StreamState {
  return { id: 1, source: 's', key: 'k', facts: {}, positions: new Map(), marks: new Map(), times: [] };
}

class Recorder implements WatermarkListener {
  bytes = 0;
  stamps: [number, number][] = [];
  advanced(_stream: TrackedStream, bytes: number): void {
    this.bytes += bytes;
  }
  stamped(stream: TrackedStream, start: number, end: number): { seconds: number; nanos: number } {
    this.stamps.push([start, end]);
    const time = { seconds: start, nanos: 0 };
    stream.state.times.push({ start, end, time });
    return time;
  }
}

test('a watermark is the end of the longest settled prefix, in whatever order records are settled', () => {
  const records = fc.array(fc.record({ bytes: fc.integer({ min: 1, max: 9 }), held: fc.tuple(fc.nat(3), fc.nat(3)) }), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(records, fc.infiniteStream(fc.nat(1000)), (segments, choices) => {
      const recorder = new Recorder();
      const stream = new TrackedStream(streamState(), [0, 0], recorder);
      let at = 0;
      const open: { output: number; settle: () => void; index: number }[] = [];
      const made = segments.map(({ bytes, held }, index) => {
        const segment = stream.segment(at, at + bytes);
        at += bytes;
        held.forEach((count, output) => {
          segment.hold(output, count);
          for (let i = 0; i < count; i++) open.push({ output, index, settle: () => segment.settle(output, 1) });
        });
        segment.finishReading();
        return segment;
      });
      const expected = (output: number): number => {
        const first = open.filter((o) => o.output === output).map((o) => o.index);
        return first.length === 0 ? at : (made[Math.min(...first)]?.start ?? at);
      };
      for (;;) {
        expect(stream.settledTo).toEqual([expected(0), expected(1)]);
        expect(recorder.bytes).toBe(stream.watermark);
        if (open.length === 0) break;
        const [{ settle }] = open.splice((choices.next().value as number) % open.length, 1) as [(typeof open)[number]];
        settle();
      }
      expect(stream.isIdle).toBe(true);
    }),
  );
});

test('settling more than was taken is a bug and says so', () => {
  const segment = new TrackedStream(streamState(), [0], new Recorder()).segment(0, 10);
  segment.hold(0, 1);
  segment.settle(0, 1);
  expect(() => segment.settle(0, 1)).toThrow('BUG');
});

test("a record without a time gets its segment's first-read time, once, and the same one on a re-read", () => {
  const recorder = new Recorder();
  const state = streamState();
  const stream = new TrackedStream(state, [0], recorder);
  const segment = stream.segment(100, 200);
  expect(segment.timeAt(150).seconds).toBe(100);
  expect(segment.timeAt(199).seconds).toBe(100);
  expect(recorder.stamps).toEqual([[100, 200]]);
  // After a restart the same bytes may lie in another segment.
  const again = new TrackedStream(state, [0], recorder).segment(50, 300);
  expect(again.timeAt(150).seconds).toBe(100);
  expect(again.timeAt(250).seconds).toBe(50);
});

test('a part that waits for later records keeps the watermark in front of it, and no record behind is lost to it', () => {
  const recorder = new Recorder();
  const stream = new TrackedStream(streamState(), [0], recorder);
  const first = stream.segment(0, 100);
  const held = first.partFrom(60);
  const inner = held.partFrom(80);
  first.finishReading();
  expect([stream.watermark, recorder.bytes]).toEqual([60, 60]);
  const second = stream.segment(100, 200);
  second.finishReading();
  expect(stream.watermark).toBe(60);
  held.hold(0, 1);
  held.finishReading();
  inner.finishReading();
  expect(stream.watermark).toBe(60);
  held.settle(0, 1);
  expect([stream.watermark, recorder.bytes, stream.isIdle]).toEqual([200, 200, true]);
});
