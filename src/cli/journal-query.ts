// What is looked for in a journal: conditions, bounds of time, where to start and how many.
import { type Cursor, parseCursor } from '../formats/journal/cursor.ts';
import { isFieldName } from '../formats/journal/field-name.ts';
import { allOf, anyOf, fieldMatch, groupMatch, type Match } from '../formats/journal/match.ts';
import type { JournalFlags } from './journal-options.ts';
import { parseSystemdTime } from './systemd-time.ts';

/** Options that contradict themselves or cannot be read; the text is for the user. */
export class BadQuery extends Error {}

export interface Query {
  readonly match: Match | undefined;
  readonly sinceUs: number | undefined;
  readonly untilUs: number | undefined;
  readonly cursor: Cursor | undefined;
  readonly isAfterCursor: boolean;
  /** Entries to print; undefined for all. */
  readonly lines: number | undefined;
  /** Count `lines` from the oldest entry and not from the newest. */
  readonly isFirst: boolean;
  readonly isReverse: boolean;
  readonly pattern: RegExp | undefined;
  readonly boot: string | undefined;
}

const LEVELS = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];
const LINES_DEFAULT = 10;
const UNIT_SUFFIX = /\.(?:service|socket|device|mount|automount|swap|target|path|timer|slice|scope)$/;
const COREDUMP_MESSAGE_ID = 'fc2e22bc6ee647b6b90729ab34a250b1';

export function readQuery(flags: JournalFlags, matches: readonly string[], nowUs: number): Query {
  const { since, until, cursor, afterCursor, lines, follow, tail, reverse } = flags;
  if (cursor !== undefined && afterCursor !== undefined)
    throw new BadQuery('--cursor and --after-cursor exclude each other');
  if (cursor !== undefined && since !== undefined) throw new BadQuery('--cursor and --since exclude each other');
  if (reverse && follow) throw new BadQuery('--reverse and --follow exclude each other');
  const place = cursor ?? afterCursor;
  const count = lines ?? (follow && tail && place === undefined && since === undefined ? true : undefined);
  return {
    match: matchOf(flags, matches),
    sinceUs: timeOf('--since', since, nowUs),
    untilUs: timeOf('--until', until, nowUs),
    cursor: place === undefined ? undefined : parseCursor(place),
    isAfterCursor: afterCursor !== undefined,
    lines: countOf(count),
    isFirst: typeof count === 'string' && count.startsWith('+'),
    isReverse: reverse ?? false,
    pattern: patternOf(flags),
    boot: bootOf(flags),
  };
}

function timeOf(option: string, text: string | undefined, nowUs: number): number | undefined {
  if (text === undefined) return undefined;
  const us = parseSystemdTime(text, nowUs);
  if (us === undefined) {
    throw new BadQuery(`${option}: expected a time such as "2026-11-25 10:00", "yesterday" or "-2h", got "${text}"`);
  }
  return us;
}

function countOf(lines: string | true | undefined): number | undefined {
  if (lines === undefined || lines === 'all') return undefined;
  if (lines === true) return LINES_DEFAULT;
  if (!/^\+?\d{1,9}$/.test(lines)) throw new BadQuery(`--lines: expected a number or all, got "${lines}"`);
  return Number(lines);
}

function bootOf({ boot, dmesg }: JournalFlags): string | undefined {
  const wanted = boot ?? (dmesg ? true : undefined);
  if (wanted === true) return '0';
  return wanted === 'all' ? undefined : wanted;
}

function patternOf({ grep, caseSensitive }: JournalFlags): RegExp | undefined {
  if (grep === undefined) return undefined;
  const isSensitive = caseSensitive === undefined ? /\p{Lu}/u.test(grep) : caseSensitive !== 'no';
  try {
    return new RegExp(grep, isSensitive ? 'u' : 'iu');
  } catch (thrown) {
    throw new BadQuery(`--grep: ${thrown instanceof Error ? thrown.message : String(thrown)}`, { cause: thrown });
  }
}

function matchOf(flags: JournalFlags, matches: readonly string[]): Match | undefined {
  const { identifier = [], unit = [], priority, dmesg } = flags;
  const parts: Match[] = [];
  if (unit.length > 0) parts.push(anyOf(unit.map(unitMatch)));
  if (identifier.length > 0) parts.push(anyOf(identifier.map((name) => fieldMatch('SYSLOG_IDENTIFIER', name))));
  if (priority !== undefined)
    parts.push(anyOf(levelsOf(priority).map((level) => fieldMatch('PRIORITY', String(level)))));
  if (dmesg) parts.push(fieldMatch('_TRANSPORT', 'kernel'));
  const groups = groupsOf(matches);
  if (groups) parts.push(groups);
  return parts.length === 0 ? undefined : allOf(parts);
}

/** `A=1 B=2 + C=3`. */
function groupsOf(matches: readonly string[]): Match | undefined {
  const groups: Buffer[][] = [[]];
  for (const match of matches) {
    if (match === '+') groups.push([]);
    else groups.at(-1)?.push(payloadOf(match));
  }
  const filled = groups.filter((group) => group.length > 0);
  if (filled.length === 0) return undefined;
  if (filled.length < groups.length)
    throw new BadQuery('+ separates groups of matches: there must be one on either side');
  return anyOf(filled.map(groupMatch));
}

function payloadOf(match: string): Buffer {
  if (match.startsWith('/')) {
    throw new BadQuery(`"${match}": paths of programs and devices are not resolved; write _EXE=${match}`);
  }
  const equals = match.indexOf('=');
  const name = match.slice(0, Math.max(0, equals));
  if (equals < 1 || !isFieldName(name) || name.startsWith('__')) {
    throw new BadQuery(`expected FIELD=value with FIELD of A-Z, 0-9 and _, got "${match}"`);
  }
  return Buffer.from(match);
}

function levelsOf(text: string): number[] {
  const [from, to] = text.includes('..') ? text.split('..') : [undefined, text];
  const level = (word: string | undefined, fallback: number): number => {
    if (word === undefined || word === '') return fallback;
    const found = /^[0-7]$/.test(word) ? Number(word) : LEVELS.indexOf(word);
    if (found < 0) throw new BadQuery(`--priority: expected 0 to 7 or ${LEVELS.join(', ')}, got "${word}"`);
    return found;
  };
  const ends = [level(from, 0), level(to, LEVELS.length - 1)];
  const least = Math.min(...ends);
  return Array.from({ length: Math.max(...ends) - least + 1 }, (_, i) => least + i);
}

/** What a unit wrote, and what systemd and the coredump handler say about it. */
function unitMatch(given: string): Match {
  const unit = UNIT_SUFFIX.test(given) ? given : `${given}.service`;
  const alternatives: Match[] = [
    fieldMatch('_SYSTEMD_UNIT', unit),
    allOf([fieldMatch('_PID', '1'), fieldMatch('UNIT', unit)]),
    allOf([fieldMatch('_UID', '0'), fieldMatch('OBJECT_SYSTEMD_UNIT', unit)]),
    allOf([fieldMatch('MESSAGE_ID', COREDUMP_MESSAGE_ID), fieldMatch('_UID', '0'), fieldMatch('COREDUMP_UNIT', unit)]),
  ];
  if (unit.endsWith('.slice')) alternatives.push(fieldMatch('_SYSTEMD_SLICE', unit));
  return anyOf(alternatives);
}
