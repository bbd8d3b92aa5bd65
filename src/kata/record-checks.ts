// The checks that kata-log-parser makes of each record, as values: nothing stops because of one.
import type { Pairs, Understood, Value } from './record.ts';

const FRACTION_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{1,9}(?:Z|[+-]\d{2}:\d{2})$/;
const GO_MISTAKE = /%!(?:\(BADINDEX\)|\(BADPREC\)|\(BADWIDTH\)|\(EXTRA|[A-Za-z]\(MISSING\))/;
const UNPRINTABLE = /[^\P{C}\s]/u;
const STANDARD: ReadonlySet<string> = new Set([
  'level',
  'msg',
  'name',
  'pid',
  'source',
  'time',
  'ts',
  'container',
  'sandbox',
]);
const REQUIRED = ['level', 'source', 'name'] as const;

export interface CheckSettings {
  /** Records without pid, level, source or name are fine. */
  readonly ignoresMissing: boolean;
}

/** What is wrong with a record, in words; empty where all is well. */
export function checkRecord(record: Understood, { ignoresMissing }: CheckSettings): readonly string[] {
  const { kata, fields, wrappers } = record;
  const pairs = fields ?? wrappers[0];
  if (kata.gap) return ['records are missing here'];
  if (!pairs) return ['not a record'];
  return [
    ...(kata.partial ? ['only a part of the record is there'] : []),
    ...(kata.repairs ?? []).filter((repair) => repair !== 'C21').map((repair) => `repaired: ${repair}`),
    ...(kata.time ? timeProblems(pairs) : ['time: expected RFC 3339 with a zone']),
    ...pidProblems(pairs, ignoresMissing),
    ...REQUIRED.flatMap((name) => wordProblems(name, pairs.get(name), ignoresMissing)),
    ...pairProblems(pairs),
  ];
}

function timeProblems(pairs: Pairs): string[] {
  const text = pairs.text('time') ?? pairs.text('ts');
  if (text === undefined || FRACTION_TIME.test(text)) return [];
  return ['time: expected a fraction of 1 to 9 digits'];
}

function pidProblems(pairs: Pairs, ignoresMissing: boolean): string[] {
  const value = pairs.get('pid');
  if (value === undefined || value === '' || value === 0 || value === '0')
    return ignoresMissing ? [] : ['pid: missing'];
  if (!/^-?\d+$/.test(String(value))) return ['pid: expected a number'];
  return String(value).startsWith('-') ? ['pid: expected a number of 1 or more'] : [];
}

function wordProblems(name: string, value: Value | undefined, ignoresMissing: boolean): string[] {
  if (value === undefined || value === '') return ignoresMissing ? [] : [`${name}: missing`];
  return /\s/.test(String(value)) ? [`${name}: expected one word`] : [];
}

function pairProblems({ keys, values }: Pairs): string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const [index, key] of keys.entries()) {
    if (key.trim() === '') problems.push('a key is empty');
    const value = values[index];
    const text = typeof value === 'string' ? value : '';
    if (UNPRINTABLE.test(key) || UNPRINTABLE.test(text)) problems.push('a key or value holds control characters');
    if (GO_MISTAKE.test(key) || GO_MISTAKE.test(text)) problems.push('a format of Go went wrong (%!)');
    if (seen.has(key) && !STANDARD.has(key)) problems.push('a key stands twice');
    seen.add(key);
  }
  return problems;
}
