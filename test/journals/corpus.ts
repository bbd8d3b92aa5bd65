// The corpus of real journals: what there is, and what the real journalctl answered.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { runJournal } from '../../src/cli/journal-command.ts';
import { type JournalFlags, journalOptions } from '../../src/cli/journal-options.ts';

export const CORPUS: string = process.env['KATALOG_JOURNALS'] ?? '../shared/corpus/journals';

/** Journals in a folder of the corpus: files, or directories with recorded answers. */
export function journalsIn(folder: string): string[] {
  const place = path.join(CORPUS, folder);
  if (!fs.existsSync(place)) return [];
  const answers = fs.readdirSync(place).filter((name) => name.endsWith('.export.gz') || name.endsWith('.export262.gz'));
  const names = new Set(answers.map((name) => name.replace(/\.export(?:262)?\.gz$/, '')));
  return [...names].sort().map((name) => `${folder}/${name}`);
}

/** The options by which the answers were recorded. */
export function selection(journal: string): string[] {
  const { select } = expected(journal);
  return select.map((part) => (part.startsWith('-') ? part : path.join(CORPUS, part)));
}

interface Expected {
  readonly select: readonly string[];
  readonly export262?: { readonly entries: number };
}

let table: Readonly<Record<string, Expected>> | undefined;

export function expected(journal: string): Expected {
  table ??= JSON.parse(fs.readFileSync(path.join(CORPUS, 'expected.json'), 'utf8')) as Record<string, Expected>;
  const isDirectory = fs.statSync(path.join(CORPUS, journal)).isDirectory();
  return table[journal] ?? { select: [isDirectory ? '-D' : '--file', journal] };
}

/** A recorded answer; undefined where there is none. */
export function answer(journal: string, kind: string): Buffer | undefined {
  const file = path.join(CORPUS, `${journal}.${kind}.gz`);
  return fs.existsSync(file) ? gunzipSync(fs.readFileSync(file)) : undefined;
}

/** Runs `katalog journal` in this process. */
export async function katalogJournal(
  args: readonly string[],
): Promise<{ readonly code: number; readonly output: Buffer }> {
  const parts: Buffer[] = [];
  const sink = {
    write: (bytes: Buffer): Promise<void> => {
      parts.push(Buffer.from(bytes));
      return Promise.resolve();
    },
    remark: (): void => undefined,
  };
  const command = journalOptions().exitOverride();
  command.parse([...args], { from: 'user' });
  const code = await runJournal(command.args, command.opts<JournalFlags>(), sink, new AbortController().signal);
  return { code, output: Buffer.concat(parts) };
}

/** The entries of an export, byte for byte: cursor → entry. Binary fields may hold anything, so lengths are followed. */
export function exportedEntries(bytes: Buffer): Map<string, Buffer> {
  const entries = new Map<string, Buffer>();
  let start = 0;
  for (let at = 0; at < bytes.length; ) {
    const lineEnd = bytes.indexOf(0x0a, at);
    if (lineEnd === at) {
      const cursorEnd = bytes.indexOf(0x0a, start);
      entries.set(bytes.toString('latin1', start + '__CURSOR='.length, cursorEnd), bytes.subarray(start, at + 1));
      at += 1;
      start = at;
    } else if (bytes.subarray(at, lineEnd).includes(0x3d)) at = lineEnd + 1;
    else at = lineEnd + 9 + bytes.readUInt32LE(lineEnd + 1) + 1;
  }
  return entries;
}

/** Lines that only newer versions print. */
export function withoutSeqnums(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1').replace(/^__SEQNUM(?:_ID)?=.*\n/gm, '');
  return Buffer.from(text, 'latin1');
}
