import { expect, test } from 'vitest';
import { formatCursor } from '../../../formats/journal/cursor.ts';
import { newHead } from '../../../formats/journal/entry.ts';
import { H_SEQNUM } from '../../../formats/journal/layout.ts';
import { covers, cursorText, markJson, markOfCursor, readMark } from './mark.ts';

const SEQNUM_ID = '8979e57943f84e3e8d4b8f7f5d1c5e11';
const CURSOR = `s=${SEQNUM_ID};i=1f;b=590edceeef5545a784ec8c6181a10400;m=5d;t=59f138d1b4ce5;x=3b9e7b0f0c2c1d4e`;

test("a cursor of journalctl's becomes a mark, and the mark the same cursor", () => {
  const mark = markOfCursor(CURSOR);
  expect(mark?.position.seqnums).toEqual(new Map([[SEQNUM_ID, 0x1f]]));
  const json = JSON.parse(JSON.stringify(mark && markJson(mark)));
  expect(cursorText(json)).toBe(CURSOR);
  const again = readMark(json);
  expect(again.position.seqnums).toEqual(mark?.position.seqnums);
  expect(formatCursor(SEQNUM_ID, again.position.last?.head ?? newHead())).toBe(CURSOR);
});

test.each(['', 'nonsense', 's=1;i=2', '{"journal":"x"}'])('%j is no cursor', (text) => {
  expect(markOfCursor(text)).toBeUndefined();
});

test('a mark covers the numbers up to its own, of the streams of numbers that it knows', () => {
  const mark = { position: { seqnums: new Map([[SEQNUM_ID, 5]]), last: undefined }, occurrence: 0 };
  const numbered = (seqnum: number): Int32Array => {
    const head = newHead();
    head[H_SEQNUM] = seqnum;
    return head;
  };
  expect([4, 5, 6].map((seqnum) => covers(mark, SEQNUM_ID, numbered(seqnum)))).toEqual([true, true, false]);
  expect(covers(mark, 'another', numbered(1))).toBe(false);
});
