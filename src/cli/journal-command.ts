// `katalog journal`: what journalctl does, on any machine and on journals copied from anywhere.
import * as path from 'node:path';
import type { Command } from 'commander';
import { globSync } from 'tinyglobby';
import { EnvironmentError } from '../core/failure.ts';
import { printable } from '../core/problem.ts';
import { loadZstd } from '../formats/journal/zstd.ts';
import { systemClock } from '../pipeline/system-clock.ts';
import { listBoots, selectBoot } from '../readers/journal/boots.ts';
import { Journal, type JournalOptions } from '../readers/journal/journal.ts';
import { EXIT } from './exit-codes.ts';
import { createPrinter } from './journal-forms.ts';
import { type JournalFlags, journalOptions } from './journal-options.ts';
import { printEntries } from './journal-print.ts';
import { BadQuery, readQuery } from './journal-query.ts';
import { answerQuestion } from './journal-questions.ts';
import { type JournalSink, standardOutput } from './journal-sink.ts';
import { ProgressLine } from './progress-line.ts';

const DEFAULT_DIRECTORIES = ['/run/log/journal', '/var/log/journal'];

export function journalCommand(): Command {
  return journalOptions().action(async (matches: string[], flags: JournalFlags) => {
    const stop = new AbortController();
    process.once('SIGINT', () => stop.abort());
    process.once('SIGTERM', () => stop.abort());
    process.exitCode = await runJournal(
      matches,
      flags,
      standardOutput(flags.output.startsWith('json') ? 'json' : 'plain'),
      stop.signal,
    );
  });
}

/** @returns the exit code. */
export async function runJournal(
  matches: readonly string[],
  flags: JournalFlags,
  sink: JournalSink,
  signal: AbortSignal,
): Promise<number> {
  try {
    return await answer(matches, flags, sink, signal);
  } catch (thrown) {
    if (!(thrown instanceof BadQuery)) throw thrown;
    sink.remark(`katalog journal: ${printable(thrown.message)}`);
    return EXIT.usage;
  }
}

async function answer(
  matches: readonly string[],
  flags: JournalFlags,
  sink: JournalSink,
  signal: AbortSignal,
): Promise<number> {
  const now = systemClock.now();
  const query = readQuery(flags, matches, now.seconds * 1e6 + Math.floor(now.nanos / 1000));
  const { quiet, dedup = false, follow = false, showCursor = false, all = false, utc = false } = flags;
  const remark = quiet ? () => undefined : sink.remark;
  const told = new Set<string>();
  let unreadable = 0;
  const options: JournalOptions = {
    ...placeOf(flags),
    dedup,
    isFinal: !follow,
    onProblem({ path: file, why, kind }) {
      if (kind !== 'damaged') unreadable++;
      const line = `${file}: ${why}`;
      if (!told.has(line)) remark(printable(line));
      told.add(line);
    },
  };
  await loadZstd();
  const plain = await Journal.open(options);
  try {
    const code = await answerQuestion(flags, plain, sink);
    if (code !== undefined) return code;
    const match = query.boot === undefined ? query.match : selectBoot(listBoots(plain), query.boot, query.match);
    if (query.boot !== undefined && match === undefined) {
      sink.remark(`katalog journal: there is no boot ${printable(query.boot)}`);
      return EXIT.problems;
    }
    const journal = match === undefined ? plain : await Journal.open({ ...options, match });
    const printer = createPrinter({
      form: flags.output,
      all,
      fields: flags.outputFields,
      showsHostname: flags.hostname,
      isUtc: utc,
    });
    const shown = await printEntries(journal, query, {
      printer,
      sink,
      signal,
      follow,
      showCursor,
      progress: new ProgressLine(sink.terminal ?? { write: () => true }),
    });
    // As grep: nothing found is not fine.
    const hasFailed = query.pattern !== undefined || (unreadable > 0 && journal.cursors.length === 0);
    return shown === 0 && hasFailed ? EXIT.problems : EXIT.fine;
  } finally {
    plain.close();
  }
}

function placeOf({
  directory = [],
  file = [],
  namespace,
  root = '',
}: JournalFlags): Pick<JournalOptions, 'directories' | 'files' | 'namespace'> {
  const files = file.flatMap((name) =>
    /[*?[]/.test(name) ? globSync(name, { absolute: true, dot: true }) : [path.resolve(name)],
  );
  if (file.length > 0 && files.length === 0)
    throw new EnvironmentError('journal/no-file', `no file matches ${file.join(' ')}`);
  const isDefault = directory.length === 0 && file.length === 0;
  const directories = (isDefault ? DEFAULT_DIRECTORIES : directory).map((name) => path.join(root, path.resolve(name)));
  return { directories, files, namespace };
}
