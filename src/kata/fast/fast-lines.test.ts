// The fast road gives what the plain one does, for lines of any kind in any order: the same lines of NDJSON one after the other,
// the same likeness of copies, counts and knowledge.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { line, PROBES } from '../../../test/support/arbitrary-kata.ts';
import { agent, BASE, wrap } from '../../../test/support/kata-lines.ts';
import { SECRETS } from '../../../test/support/secret-texts.ts';
import { PlainView } from '../../formats/scan/plain-view.ts';
import { likenessOf } from '../doubles.ts';
import { millisBetween } from '../instant.ts';
import { KataMemory } from '../memory.ts';
import { ndjsonLine } from '../ndjson.ts';
import { KataReader } from '../reader.ts';
import type { Understood } from '../record.ts';
import { type FastLine, FastLines, LINE_HEAD_BYTES } from './fast-lines.ts';

const PATH = '/var/log/"kata".log';
const view = new PlainView();

interface Outcome {
  readonly printed: string[];
  readonly counts: ReadonlyMap<string, number>;
  readonly fast: number;
}

function described(record: Understood): string {
  const { kata } = record;
  const { identity, check } = likenessOf(record);
  const lead = kata.guest_time && kata.time ? millisBetween(kata.guest_time, kata.time) : Number.NaN;
  return `${ndjsonLine(record)} ${identity} ${check} ${record.sink} ${kata.sandbox ?? ''} ${lead.toFixed(3)}`;
}

/** What comes out of a file that is read block by block, maybe after a look at its head. */
function run(blocks: readonly (readonly string[])[], isFast: boolean, looksAhead = true): Outcome {
  const memory = new KataMemory();
  const printed: string[] = [];
  const reader = new KataReader({
    memory,
    emit: (record) => printed.push(described(record)),
    redacts: true,
    unwraps: true,
  });
  if (looksAhead) reader.lookAhead(PATH, blocks.flat().join('\n'));
  let fast = 0;
  view.reset();
  const { arena, scanner } = view;
  const host = { arena, keys: scanner.keys, kata: scanner.kata };
  const take = (records: readonly FastLine[]): void => {
    fast += records.length;
    for (const [at, record] of records.entries()) {
      const { identity, check, sandbox, ident, guestLeadMs } = record;
      printed.push(`${view.text(record)} ${identity} ${check} ${PATH} ${ident} ${sandbox} ${guestLeadMs.toFixed(3)}`);
      const next = records[at + 1]?.start ?? Number.POSITIVE_INFINITY;
      expect(record.start % 8).toBe(0);
      expect(next - record.end).toBeGreaterThanOrEqual(LINE_HEAD_BYTES);
    }
  };
  const lines = new FastLines(host, { memory, prefix: '', redacts: true, copies: 'files', take });
  let line = 1;
  let offset = 0;
  for (const block of blocks) {
    const { start, end } = view.put(block.map((text) => `${text}\n`).join(''));
    const plain = (from: number, until: number, number: number, at: number): void => {
      reader.line(view.text({ start: from, end: until }), {
        path: PATH,
        line: number,
        offset: at,
        bytes: until - from + 1,
      });
    };
    if (isFast)
      line += lines.read(
        { start, end, path: PATH, line, offset, forms: reader.formsOf(PATH), isConsole: () => reader.isConsole(PATH) },
        reader,
        plain,
      );
    else {
      for (let from = start; from < end; line++) {
        const until = arena.u8.indexOf(0x0a, from);
        plain(from, until, line, offset + (from - start));
        from = until + 1;
      }
    }
    offset += end - start;
  }
  reader.end();
  return { printed, counts: memory.counts, fast };
}

let fastRecords = 0;

test('any lines give the same on both roads', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(line, { maxLength: 9, size: 'max' }), { maxLength: 3 }),
      fc.boolean(),
      (blocks, looksAhead) => {
        const all = [...blocks, PROBES];
        const [fast, plain] = [run(all, true, looksAhead), run(all, false, looksAhead)];
        fastRecords += fast.fast;
        expect(fast.printed).toEqual(plain.printed);
        expect(fast.counts).toEqual(plain.counts);
      },
    ),
    { numRuns: 300 },
  );
  expect(fastRecords).toBeGreaterThan(100);
});

test.each(SECRETS)('a secret is found on the way to either road: %s', (text) => {
  const time = '2026-08-22T10:04:14.1Z';
  const said = JSON.stringify(text);
  const entry = { __CURSOR: 's=1;i=1', _BOOT_ID: 'b0', _PID: '7', _TRANSPORT: 'syslog', SYSLOG_IDENTIFIER: 'kata' };
  const logrus = `time="${time}" level=info msg=${said} ${BASE} source=virtcontainers`;
  const lines = [
    logrus,
    `time="${time}" level=info msg=x error=${said} ${BASE} source=virtcontainers`,
    wrap(agent(text)),
    wrap(text),
    JSON.stringify({ level: 'info', msg: text, name: 'kata-runtime', pid: 7, source: 'virtcontainers', time }),
    JSON.stringify({ ...entry, MESSAGE: logrus }),
    JSON.stringify({ ...entry, MESSAGE: text }),
  ];
  const [fast, plain] = [run([lines, PROBES], true), run([lines, PROBES], false)];
  expect(fast.printed).toEqual(plain.printed);
  expect(plain.printed.filter((printed) => printed.includes('"redacted":'))).toHaveLength(lines.length);
});
