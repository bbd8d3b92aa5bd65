// `check --live` for the journal: is there one, and may its files be read?
import { failureText } from '../../../core/failure.ts';
import { type Problem, quoted } from '../../../core/problem.ts';
import { discover } from '../../../readers/journal/discovery.ts';
import { probePositions, probeReadable } from '../../shared/file-probe.ts';

/** @param directory of the journal, on this machine. @param positions path of the position file, if there is one. */
export function probeJournal(directory: string, positions: string | undefined): readonly Omit<Problem, 'place'>[] {
  const there = probeReadable('path', directory);
  if (there.length > 0) return there;
  const { files, unreadable } = discover([directory]);
  const problems: Omit<Problem, 'place'>[] = [...unreadable].map(([place, thrown]) => ({
    code: 'live/unreadable',
    severity: 'error',
    message: `path: ${quoted(place)}: ${failureText(thrown)}`,
  }));
  problems.push(...files.flatMap((file) => probeReadable('path', file)).slice(0, 1));
  if (files.length === 0 && problems.length === 0) {
    const message = `path: no journal file is in ${quoted(directory)}`;
    const hint = 'journald may keep its files in /run/log/journal: see `katalog doctor`';
    problems.push({ code: 'live/no-file', severity: 'warning', message, hint });
  }
  return [...problems, ...(positions === undefined ? [] : probePositions(positions))];
}
