import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Arena } from '../core/arena.ts';
import type { Batch } from '../core/event.ts';
import { D_OFFSET, HEAD_BYTES, type Tape } from '../core/tape.ts';
import { type Cut, emptyStream, type Skip, type StreamState } from './state/model.ts';
import { TrackedStream, type WatermarkListener } from './stream.ts';

function streamState(): StreamState {
  return emptyStream(1, 's', 'k');
}

/** Tapes of records of which only the offsets are known. */
class Offsets {
  readonly arena = new Arena();
  tapeAt(offsets: readonly number[]): Tape {
    const { arena } = this;
    const start = arena.alloc(offsets.length * HEAD_BYTES);
    arena.u8.fill(0, start, start + offsets.length * HEAD_BYTES);
    offsets.forEach((offset, i) => {
      const record = start + i * HEAD_BYTES;
      arena.i32[record >> 2] = HEAD_BYTES;
      arena.f64[(record >> 3) + D_OFFSET] = offset;
    });
    return { start, end: start + offsets.length * HEAD_BYTES, count: offsets.length };
  }
}

const view = new Offsets();

class Recorder implements WatermarkListener {
  readonly source = 'test';
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
  cut(stream: TrackedStream, cut: Cut): void {
    stream.state.cuts.set(cut.first, cut);
  }
  secure(): void {
    // Nothing is on disk here.
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

test('an output with a checkpoint knows what it has beyond records that wait, also after another restart', () => {
  const state = streamState();
  const stream = new TrackedStream(state, [0], new Recorder());
  const batchOf = (...offsets: number[]): Batch => {
    const tape = view.tapeAt(offsets);
    return { tag: 't', segment: first, arena: view.arena, tape };
  };
  const first = stream.segment(0, 100);
  const held = first.partFrom(10);
  held.partFrom(30);
  stream.beyond(0, 'file').wrote(batchOf(0, 20, 40), first);
  first.finishReading();
  const saved = stream.beyond(0, 'file').toSave();
  expect([stream.watermark, saved]).toEqual([10, { to: 100, except: ['10', '30'] }]);

  // Read again from 10 on, but only up to 35: the record at 20 waits now, though it was written before.
  state.skips = new Map([['file', saved as Skip]]);
  const again = new TrackedStream(state, [10], new Recorder());
  const beyond = again.beyond(0, 'file');
  const second = again.segment(10, 35);
  expect([10, 20, 30, 40, 99, 100].map((offset) => beyond.has(second, offset))).toEqual([
    false,
    true,
    false,
    true,
    true,
    false,
  ]);
  const waits = second.partFrom(10);
  second.partFrom(20);
  second.partFrom(30);
  second.finishReading();
  expect(beyond.toSave()).toEqual({ to: 100, except: ['10', '30'] });
  beyond.wrote(batchOf(10), waits);
  expect(beyond.toSave()).toEqual({ to: 100, except: ['30'] });
});

test('what was added to a record that is settled is known when it is read again without its beginning', () => {
  const stream = new TrackedStream(streamState(), [0], new Recorder());
  const segment = stream.segment(0, 100);
  // The record at 10 took what stands at 40 and is settled; the one at 30 waits.
  segment.joined(40, 10, segment, '1/');
  segment.joined(20, 10, segment, '1/');
  segment.joined(50, 30, segment, '1/');
  const held = segment.partFrom(30);
  segment.finishReading();
  expect([stream.watermark, stream.joinedToSave()]).toEqual([30, new Map([['1/40', 41]])]);
  held.finishReading();
  expect(stream.joinedToSave()).toEqual(new Map());
});
