// Kata's many spellings of a level on one scale.
import type { Level } from './record.ts';

const SPELLINGS: Readonly<Record<Level, string>> = {
  trace: 'trace TRCE TRACE TRAC',
  debug: 'debug DEBG DEBUG DEBU',
  info: 'info INFO notice NOTICE',
  warning: 'warning warn WARN WARNING',
  error: 'error err ERRO ERROR ERR',
  critical: 'critical fatal panic CRIT CRITICAL FATA FATAL PANI PANIC crit',
};

const BY_SPELLING: ReadonlyMap<string, Level> = new Map(
  (Object.keys(SPELLINGS) as Level[]).flatMap((level) =>
    SPELLINGS[level].split(' ').flatMap((word): [string, Level][] => [
      [word, level],
      [word.toLowerCase(), level],
    ]),
  ),
);

/** syslog(3) priorities. */
const BY_PRIORITY: readonly Level[] = ['critical', 'critical', 'critical', 'error', 'warning', 'info', 'info', 'debug'];
/** slog-journald uses the priorities below its own levels: debug is sent as "informational". */
const BY_SLOG_PRIORITY: readonly Level[] = [
  'critical',
  'critical',
  'critical',
  'error',
  'warning',
  'info',
  'debug',
  'trace',
];

export function levelOf(word: string): Level | undefined {
  return BY_SPELLING.get(word) ?? BY_SPELLING.get(word.toLowerCase());
}

export function levelOfPriority(priority: string, isSlog: boolean): Level | undefined {
  if (!/^[0-7]$/.test(priority)) return undefined;
  return (isSlog ? BY_SLOG_PRIORITY : BY_PRIORITY)[Number(priority)];
}
