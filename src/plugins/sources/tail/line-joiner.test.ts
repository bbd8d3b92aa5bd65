import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Intake, LineJoin, OpenSegment } from '../../../core/plugin.ts';
import type { Tape } from '../../../core/tape.ts';
import { PlainView } from '../../../formats/scan/plain-view.ts';
import { LineJoiner } from './line-joiner.ts';

const view = new PlainView();
const source = {};

/** Segments that only count how many parts of them are open. */
class Parts {
  open = 0;
  segment(): OpenSegment {
    const part = (): OpenSegment => {
      this.open++;
      return this.segment();
    };
    const end = (): void => {
      this.open--;
    };
    return {
      streamKey: 'k',
      start: 0,
      timeAt: () => ({ seconds: 0, nanos: 0 }),
      cutOf: () => undefined,
      cut: () => undefined,
      isJoined: () => false,
      joined: () => undefined,
      partFrom: part,
      emit: () => {},
      end,
    };
  }
}

function textsOf(tape: Tape): string[] {
  return view.records(tape).map((record) => view.line(record).text);
}

/** The records of lines that come in the given blocks, and what was left over in front. */
function joined(join: LineJoin, blocks: readonly string[], parts: Parts): { records: string[]; strays: number } {
  const intake = { arena: view.arena, clock: { monotonicMs: () => 0 } } as unknown as Intake;
  const joiner = new LineJoiner(join, view.message, intake);
  const result = { records: [] as string[], strays: 0 };
  let offset = 0;
  for (const block of blocks) {
    view.reset();
    const { carried, tape, strays } = joiner.join(source, parts.segment(), view.cut(block, offset));
    if (carried) {
      result.records.push(...textsOf(carried.tape));
      carried.part.end();
    }
    result.records.push(...textsOf(tape));
    result.strays += strays.count;
    offset += block.length;
  }
  const last = joiner.take(source);
  if (last) {
    result.records.push(...textsOf(last.tape));
    last.part.end();
  }
  return result;
}

const lines = fc.array(fc.constantFrom('A begins\n', ' goes on\n', '\n', ' ends.\r\n', 'A whole.\n', 'ü\n'), {
  maxLength: 12,
});

test.each<[string, LineJoin]>([
  ['a first line', { isFirst: (line) => line.startsWith('A') }],
  ['a whole text', { isWhole: (text) => text.endsWith('.') }],
])('records by %s are the same wherever blocks end, and every part is ended', (_, join) => {
  fc.assert(
    fc.property(lines, fc.infiniteStream(fc.boolean()), (written, cuts) => {
      const blocks: string[] = [];
      for (const line of written) {
        if (blocks.length === 0 || cuts.next().value) blocks.push(line);
        else blocks[blocks.length - 1] += line;
      }
      const parts = new Parts();
      expect(joined(join, blocks, parts)).toEqual(joined(join, [written.join('')], new Parts()));
      expect(parts.open).toBe(0);
    }),
    { numRuns: 300 },
  );
});

test('lines in front of the first, and a record of three lines', () => {
  const { records, strays } = joined({ isFirst: (line) => line === 'A' }, ['x\nA\n b\r\n c\nA\n'], new Parts());
  expect(records).toEqual(['A\n b\n c', 'A']);
  expect(strays).toBe(1);
});
