import { expect, test } from 'vitest';
import type { TagPattern } from '../config/tag-pattern.ts';
import { Arena } from '../core/arena.ts';
import type { Batch } from '../core/event.ts';
import type { Filter, Output } from '../core/plugin.ts';
import { DROPPED, FANOUT_PART_BITS, HEAD_BYTES, LIVE, type Tape, W_FANOUT, W_SIZE, W_STATUS } from '../core/tape.ts';
import { Counters } from './counters.ts';
import { FilterNode, OutputNode } from './nodes.ts';
import { Router, type RunningRule } from './router.ts';
import { emptyStream, type StreamState } from './state/model.ts';
import { type TrackedSegment, TrackedStream } from './stream.ts';

const state = (): StreamState => emptyStream(1, 's', 'k');

const noErrors = (): undefined => undefined;

class World {
  readonly arena = new Arena();
  readonly counters = new Counters();
  readonly seen: string[] = [];
  readonly warnings: string[] = [];
  readonly ends = {
    counters: this.counters,
    noMatch: (tag: string, records: number): void => {
      this.warnings.push(`no match ${tag} ${records}`);
    },
    refused: (filter: string, why: string, routed: boolean): void => {
      this.warnings.push(`${filter} ${why} ${routed}`);
    },
  };

  /** A pattern is a tag, or `**`. */
  pattern(text: string): TagPattern {
    return { text, matches: (tag: string) => text === '**' || text === tag } as TagPattern;
  }

  filter(pattern: string, name: string, apply: (batch: Batch, reject: (record: number) => void) => void): RunningRule {
    const plugin = (node: FilterNode): Filter => ({
      state: 'none',
      apply: (batch) => {
        this.seen.push(name);
        apply(batch, (record) => node.reject(record, 'bad'));
      },
    });
    return {
      kind: 'filter',
      pattern: this.pattern(pattern),
      node: new FilterNode(0, name, this.counters, plugin),
    };
  }

  match(pattern: string, name: string, number = 0): RunningRule {
    const plugin: Output = {
      delivery: 'exactly-once',
      write: (batch) => this.seen.push(`${name}:${batch.tag}:${batch.tape.count}`),
      flush: () => undefined,
      close: () => Promise.resolve(),
    };
    return {
      kind: 'match',
      pattern: this.pattern(pattern),
      node: new OutputNode(number, name, this.counters, undefined, new AbortController().signal, () => plugin),
    };
  }

  tape(records: number): Tape {
    const start = this.arena.alloc(records * HEAD_BYTES);
    this.arena.u8.fill(0, start, start + records * HEAD_BYTES);
    for (let i = 0; i < records; i++) this.arena.i32[((start + i * HEAD_BYTES) >> 2) + W_SIZE] = HEAD_BYTES;
    return { start, end: start + records * HEAD_BYTES, count: records };
  }

  segment(openedAt: number[] = [0], start = 0): TrackedSegment {
    const listener = {
      source: 'test',
      advanced: () => undefined,
      cut: () => undefined,
      secure: () => undefined,
      stamped: () => ({ seconds: 0, nanos: 0 }),
    };
    return new TrackedStream(state(), openedAt, listener).segment(start, start + 100);
  }
}

test('filters in file order up to the first match; what stands behind it never applies', () => {
  const world = new World();
  const nothing = (): void => undefined;
  const rules = [
    world.filter('**', 'f1', nothing),
    world.filter('other', 'f2', nothing),
    world.match('kata', 'm1'),
    world.filter('**', 'late', nothing),
    world.match('**', 'm2'),
  ];
  const router = new Router(rules, world.arena, world.ends, noErrors);
  router.emit(world.segment(), 'kata', world.tape(3));
  router.emit(world.segment(), 'x', world.tape(1));
  expect(world.seen).toEqual(['f1', 'm1:kata:3', 'f1', 'late', 'm2:x:1']);
});

test('a tag without a match is counted and told at the 1st, 2nd, 4th… record', () => {
  const world = new World();
  const router = new Router([world.match('kata', 'm')], world.arena, world.ends, noErrors);
  for (let i = 0; i < 9; i++) router.emit(world.segment(), 'x', world.tape(1));
  expect(world.warnings).toEqual(['no match x 1', 'no match x 2', 'no match x 4', 'no match x 8']);
  expect(world.counters.get('router', 'unrouted')).toBe(9);
});

test('rejected records go to @ERROR as copies, once, and what @ERROR rejects does not go round', () => {
  const world = new World();
  const rejectAll = (batch: Batch, reject: (record: number) => void): void => {
    const { tape, arena } = batch;
    for (let r = tape.start; r < tape.end; r += arena.i32[r >> 2] as number) {
      arena.i32[(r >> 2) + W_STATUS] = DROPPED;
      reject(r);
    }
  };
  const errors = new Router(
    [world.filter('**', 'again', rejectAll), world.match('**', 'errors')],
    world.arena,
    world.ends,
    noErrors,
  );
  const router = new Router(
    [world.filter('**', 'strict', rejectAll), world.match('**', 'm')],
    world.arena,
    world.ends,
    () => errors,
  );
  router.emit(world.segment(), 'kata', world.tape(2));
  expect(world.warnings).toEqual(['strict bad true', 'strict bad true', 'again bad false', 'again bad false']);
  expect(world.seen).toEqual(['strict', 'again']);
});

test('what goes to @ERROR has an id of its own beside the record that goes on', () => {
  const world = new World();
  const fanouts: number[] = [];
  const note = ({ tape, arena }: Batch): void => {
    fanouts.push((arena.i32[(tape.start >> 2) + W_FANOUT] as number) >>> FANOUT_PART_BITS);
  };
  const errors = new Router(
    [world.filter('**', 'error', note), world.match('**', 'e')],
    world.arena,
    world.ends,
    noErrors,
  );
  const keepsAndRejects = ({ tape }: Batch, reject: (record: number) => void): void => reject(tape.start);
  const rules = [world.filter('**', 'parser', keepsAndRejects), world.filter('**', 'on', note), world.match('**', 'm')];
  new Router(rules, world.arena, world.ends, () => errors).emit(world.segment(), 'kata', world.tape(1));
  expect(new Set(fanouts)).toEqual(new Set([0, 256]));
  expect(world.seen).toEqual(expect.arrayContaining(['e:kata:1', 'm:kata:1']));
});

test('an output holds the live records it was given, and not those it had settled before a restart', () => {
  const world = new World();
  const router = new Router([world.match('**', 'm')], world.arena, world.ends, noErrors);
  const tape = world.tape(4);
  for (let i = 0; i < 4; i++) world.arena.f64[((tape.start + i * HEAD_BYTES) >> 3) + 2] = i * 10;
  world.arena.i32[((tape.start + 3 * HEAD_BYTES) >> 2) + W_STATUS] = DROPPED;
  const segment = world.segment([15]);
  router.emit(segment, 'kata', tape);
  expect(segment.pending[0]).toBe(1);
  expect(world.arena.i32[(tape.start >> 2) + W_STATUS]).toBe(LIVE);
});
