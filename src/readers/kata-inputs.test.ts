// Files on the fast road give what they give on the plain one, wherever a log was cut into pieces and however it is read.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { line } from '../../test/support/arbitrary-kata.ts';
import { wrap } from '../../test/support/kata-lines.ts';
import { EnvironmentError } from '../core/failure.ts';
import type { Bytes } from '../core/scanner.ts';
import { KataMemory } from '../kata/memory.ts';
import { ndjsonLine } from '../kata/ndjson.ts';
import { readInputs } from './kata-inputs.ts';

let folder = '';

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'katalog-inputs-'));
});

afterAll(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

/** What comes out of the files, line by line. */
async function printed(
  files: readonly string[],
  blockBytes: number | undefined,
  lineMaxBytes?: number,
): Promise<readonly string[]> {
  const lines: string[] = [];
  const memory = new KataMemory();
  const settings = {
    memory,
    emit: (record: Parameters<typeof ndjsonLine>[0]): void => void lines.push(ndjsonLine(record)),
    redacts: true,
    unwraps: true,
    passed: (): void => undefined,
    ...(lineMaxBytes !== undefined && { lineMaxBytes }),
  };
  const fast = {
    copies: 'files',
    blockBytes: blockBytes ?? 0,
    take: (_: string, taken: readonly Bytes[], bytes: Buffer): void => {
      for (const { start, end } of taken) lines.push(bytes.toString('utf8', start, end));
    },
  } as const;
  await readInputs(files, blockBytes === undefined ? settings : { ...settings, fast }, new PassThrough());
  return [...lines, JSON.stringify([...memory.counts])];
}

/** The text in files that continue each other, cut at the given shares of it. */
function written(text: string, shares: readonly number[]): readonly string[] {
  const bytes = Buffer.from(text);
  const cuts = shares.map((share) => Math.round(share * bytes.length)).sort((a, b) => a - b);
  return [0, ...cuts].map((from, index) => {
    const file = path.join(folder, `kata.log_${String(index).padStart(3, '0')}`);
    fs.writeFileSync(file, bytes.subarray(from, cuts[index] ?? bytes.length));
    return file;
  });
}

const share = fc.double({ min: 0, max: 1, noNaN: true });

test('a log in pieces, in blocks of any size', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 12, size: 'max' }),
      fc.constantFrom('', '\n'),
      fc.array(share, { maxLength: 3 }),
      fc.integer({ min: 40, max: 4000 }),
      async (lines, end, shares, blockBytes) => {
        const files = written(`${lines.join('\n')}${end}`, shares);
        expect(await printed(files, blockBytes)).toEqual(await printed(files, undefined));
      },
    ),
    { numRuns: 200 },
  );
});

const PANIC = [
  "thread 'main' panicked at src/main.rs:1:2:",
  'oh',
  'stack backtrace:',
  '   0: rust_begin_unwind',
  '   1: main',
];

test.each([undefined, 4096])('what a console says goes on in the next file (block of %s bytes)', async (blockBytes) => {
  const lines = [...PANIC.map((text) => wrap(text)), wrap('x'), ''];
  const head = lines.slice(0, 3).join('\n').length + 1;
  const text = lines.join('\n');
  const found = await printed(written(text, [head / text.length]), blockBytes);
  const records = found.slice(0, -1).map((one) => JSON.parse(one) as { kata: { msg: string } });
  expect(records.map(({ kata }) => kata.msg).sort()).toEqual([PANIC.join('\n'), 'x'].sort());
});

test('with lines that are too long, cut at any length', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(line, fc.string({ unit: 'grapheme', maxLength: 90 })), { maxLength: 12 }),
      fc.constantFrom('', '\n'),
      fc.array(share, { maxLength: 2 }),
      fc.integer({ min: 40, max: 600 }),
      fc.integer({ min: 1, max: 300 }),
      async (lines, end, shares, blockBytes, lineMaxBytes) => {
        const files = written(`${lines.join('\n')}${end}`, shares);
        expect(await printed(files, blockBytes, lineMaxBytes)).toEqual(await printed(files, undefined, lineMaxBytes));
      },
    ),
    { numRuns: 200 },
  );
});

test.each([undefined, 64])(
  'of a line that is too long the beginning is a piece (block of %s bytes)',
  async (blockBytes) => {
    const text = `ä${'x'.repeat(500)}`;
    const [file] = written(`one\n${text}\n${text}`, []);
    const lines = (await printed([file as string], blockBytes, 100)).slice(0, -1);
    const found = lines.map((one) => JSON.parse(one) as { kata: { msg: string; partial?: boolean }; source: object });
    const bytes = Buffer.byteLength(text);
    const cut = { partial: true, msg: text.slice(0, 99) };
    expect(found).toMatchObject([
      { kata: { msg: 'one' }, source: { line: 1, offset: 0, bytes: 4 } },
      { kata: cut, source: { line: 2, offset: 4, bytes: bytes + 1 } },
      { kata: cut, source: { line: 3, offset: 5 + bytes, bytes } },
    ]);
  },
);

test.each([undefined, 4096])('what the taker throws is no failure to read (block of %s bytes)', async (blockBytes) => {
  const full = new EnvironmentError('files/temporary', 'the disk is full', {
    cause: Object.assign(new Error(), { code: 'ENOSPC' }),
  });
  const fail = (): never => {
    throw full;
  };
  const [file] = written('time="2026-03-02T00:00:00Z" level=info msg=x name=kata-runtime pid=7 source=runtime\n', []);
  const settings = {
    memory: new KataMemory(),
    emit: fail,
    redacts: true,
    unwraps: true,
    passed: (): void => undefined,
  };
  const fast = { copies: 'none', take: fail, blockBytes: blockBytes ?? 0 } as const;
  const read = readInputs([file as string], blockBytes ? { ...settings, fast } : settings, new PassThrough());
  await expect(read).rejects.toBe(full);
});
