// Good journals: the same bytes, values and answers as the real journalctl gives.
import { describe, expect, test } from 'vitest';
import { answer, CORPUS, journalsIn, katalogJournal, selection, withoutSeqnums } from './corpus.ts';

const journals = [...journalsIn('variants'), ...journalsIn('special'), ...journalsIn('dirs')];

test('there is a corpus', () => {
  expect(journals.length, CORPUS).toBeGreaterThan(0);
});

describe.each(journals)('%s', (journal) => {
  test('-o export: byte for byte', async () => {
    const { output } = await katalogJournal([...selection(journal), '-o', 'export']);
    const newest = answer(journal, 'export262');
    const wanted = newest ?? answer(journal, 'export') ?? Buffer.alloc(0);
    expect(sameBytes(newest ? output : withoutSeqnums(output), wanted)).toBe('same');
  });

  test.each([
    ['json', []],
    ['all.json', ['--all']],
  ] as const)('%s: value for value', async (kind, flags) => {
    const recorded = answer(journal, kind);
    if (!recorded) return;
    const { output } = await katalogJournal([...selection(journal), '-o', 'json', ...flags]);
    const wanted = objects(recorded);
    const found = objects(output);
    expect(found.length).toBe(wanted.length);
    found.forEach((object, i) => {
      expect(withoutNumbers(object)).toEqual(withoutNumbers(wanted[i] ?? {}));
    });
  });

  test('recorded queries', async () => {
    const recorded = answer(journal, 'queries.json');
    if (!recorded) return;
    const { queries } = JSON.parse(recorded.toString('utf8')) as { readonly queries: readonly Query[] };
    for (const query of queries) {
      const { code, output } = await katalogJournal([...selection(journal), '-o', 'json', ...query.args]);
      const cursors = objects(output).map(({ __CURSOR: cursor }) => cursor);
      expect({ args: query.args, code, cursors }).toEqual({
        args: query.args,
        code: query.rc,
        cursors: right(query, queries),
      });
    }
  });
});

interface Query {
  readonly args: readonly string[];
  readonly rc: number;
  readonly cursors: readonly string[];
  readonly cursors262?: readonly string[];
}

/**
 * The cursors that are right. journalctl 262 is, but for one case: a cursor with another seqnum id still is the cursor of an
 * entry with the same boot, times and hash (journald wrote it anew), so `--after-cursor` starts behind that entry.
 */
function right({ args, cursors, cursors262 }: Query, _all: readonly Query[]): readonly string[] {
  const newest = cursors262 ?? cursors;
  const after = args.find((arg) => arg.startsWith('--after-cursor='))?.slice('--after-cursor='.length);
  const [first] = newest;
  const isSame = after !== undefined && first !== undefined && copyPart(after) === copyPart(first);
  return isSame ? newest.slice(1) : newest;
}

function copyPart(cursor: string): string {
  return cursor.slice(cursor.indexOf(';b='));
}

type JournalObject = Readonly<Record<string, unknown>>;

function objects(bytes: Buffer): JournalObject[] {
  return bytes
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JournalObject);
}

/** Without what journalctl 252, which gave the recorded JSON, does not tell. */
function withoutNumbers({ __SEQNUM: _seqnum, __SEQNUM_ID: _id, ...rest }: JournalObject): JournalObject {
  return rest;
}

function sameBytes(found: Buffer, wanted: Buffer): string {
  if (found.equals(wanted)) return 'same';
  let at = 0;
  while (found[at] === wanted[at] && at < Math.min(found.length, wanted.length)) at++;
  const around = (bytes: Buffer): string => JSON.stringify(bytes.toString('latin1', Math.max(0, at - 60), at + 60));
  return `at ${at}: ${around(found)} instead of ${around(wanted)}`;
}
