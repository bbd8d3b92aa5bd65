// What holds for any input: no crash, and every byte is accounted for.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KataMemory } from './memory.ts';
import { ndjsonLine } from './ndjson.ts';
import { readRecords } from './plain-read.ts';

const SANDBOX = 'ab12'.repeat(16);
const agent = (msg: string): string =>
  JSON.stringify({
    msg,
    level: 'INFO',
    ts: '2026-08-22T10:04:14.1Z',
    version: '0.1.0',
    name: 'kata-agent',
    source: 'agent',
    pid: '1',
  });
const shim = (msg: string): string =>
  `time="2026-08-22T10:04:14.5Z" level=info msg=${JSON.stringify(msg)} name=containerd-shim-v2 pid=7 sandbox=${SANDBOX} source=virtcontainers subsystem=sandbox`;
const wrap = (line: string): string => `${shim('reading guest console')} vmconsole=${JSON.stringify(line)}`;

const sound = fc.oneof(
  fc.string().map(agent),
  fc.string().map(shim),
  fc.string().map((text) => wrap(agent(text))),
  fc.string().map((text) => wrap(`[    1.234567] ${text}`)),
  fc.string().map((text) => JSON.stringify({ MESSAGE: shim(text), SYSLOG_IDENTIFIER: 'kata', _TRANSPORT: 'syslog' })),
  fc.string().map((text) => `2026-08-22T10:04:14.1Z stderr F ${text}`),
  fc.string().map((text) => `Aug 22 09:54:14 node kata[1]: ${text}`),
);

/** A line cut, doubled, spliced or with noise in it. */
const damaged = fc
  .tuple(
    sound,
    sound,
    fc.nat(400),
    fc.nat(400),
    fc.constantFrom('', '\r', '\x1b[0m', '[    2.000000] x', '{', '"', '\0', '\ufffd'),
  )
  .map(([one, other, from, to, noise]) => one.slice(0, from) + noise + other.slice(to));

const line = fc.oneof(sound, damaged, fc.string({ unit: 'binary' })).map((text) => text.replaceAll('\n', ' '));

test('any lines: no crash, and each line is a record, part of one, or counted as dropped', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      const memory = new KataMemory();
      const records = readRecords(lines, { memory });
      for (const record of records) JSON.parse(ndjsonLine(record));
      const covered = new Set<number>();
      const starts = offsetsOf(lines);
      for (const { source } of records) {
        for (const [index, start] of starts.entries())
          if (start >= source.offset && start < source.offset + source.bytes) covered.add(index);
      }
      const dropped = (memory.counts.get('C14') ?? 0) + (memory.counts.get('empty') ?? 0);
      expect(covered.size + dropped).toBeGreaterThanOrEqual(lines.length);
    }),
    { numRuns: 300 },
  );
});

test('sound shim records are never changed', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { maxLength: 8 }), (messages) => {
      const records = readRecords(messages.map(shim), { redacts: false });
      expect(records.map(({ kata }) => kata.msg ?? '')).toEqual(messages);
      expect(records.filter(({ kata }) => kata.repairs !== undefined)).toEqual([]);
    }),
  );
});

function offsetsOf(lines: readonly string[]): number[] {
  let offset = 0;
  return lines.map((text) => {
    const start = offset;
    offset += Buffer.byteLength(text) + 1;
    return start;
  });
}
