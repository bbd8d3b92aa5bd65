// Compares the events of a run with those that a case expects, and shows the difference for people.
import { EnvironmentError } from '../../core/failure.ts';
import { printable, quoted } from '../../core/problem.ts';
import { canonicalJson, canonicalOf, parseExact } from './canonical.ts';
import type { CollectedEvent } from './collector.ts';
import { alignLines } from './line-diff.ts';

/** What stands for something else in expected events of a run. */
export interface RunPlace {
  /** Directory of the run, shown as `@CASE_DIR@`. */
  readonly directory: string;
  /** Seconds since the epoch between which it ran. */
  readonly began: number;
  readonly ended: number;
}

interface Line {
  readonly tag: string;
  readonly time: string;
  readonly record: string;
}

/** One line for each difference, empty where there is none: `- expected`, `+ found`, and what differs in a pair. */
export function compareEvents(
  expectedText: string,
  found: readonly CollectedEvent[],
  order: 'exact' | 'any',
  place: RunPlace,
): string[] {
  const expected = expectedText
    .split('\n')
    .map((text, index) => ({ text, number: index + 1 }))
    .filter(({ text }) => text.trim() !== '')
    .map(({ text, number }) => expectedLine(text, number));
  const actual = found.map((event) => foundLine(event, place));
  if (order === 'any') {
    expected.sort(byContent);
    actual.sort(byContent);
  }
  return alignLines(expected, actual, (a, b) => isSame(a, b, place)).flatMap(({ left, right }) =>
    describe(left && shown(left), right && shown(right)),
  );
}

/** The events as a case's expected.jsonl: sorted when their order does not count, `now` for times of the run. */
export function expectedText(found: readonly CollectedEvent[], order: 'exact' | 'any', place: RunPlace): string {
  const lines = found.map((event) => {
    const { tag, time, record } = foundLine(event, place);
    return { tag, time: isDuring(time, place) ? 'now' : time, record };
  });
  const texts = lines.map(({ tag, time, record }) => `{"tag":${JSON.stringify(tag)},"time":"${time}","record":${record}}\n`);
  if (order === 'any') texts.sort();
  return texts.join('');
}

function expectedLine(text: string, number: number): Line {
  const value = parseExact(text) as Partial<Record<'tag' | 'time' | 'record', unknown>> | undefined;
  if (typeof value?.tag !== 'string' || typeof value.time !== 'string' || value.record === undefined) {
    const message = `line ${number} of the expected events: expected {"tag","time","record"}, got ${quoted(text)}`;
    throw new EnvironmentError('case/bad-expected', message);
  }
  return { tag: value.tag, time: value.time, record: canonicalOf(value.record) };
}

function foundLine({ tag, time, record }: CollectedEvent, { directory }: RunPlace): Line {
  const asTag = directory.replace(/^\/+/, '').replaceAll('/', '.');
  const text = record.replaceAll(directory, '@CASE_DIR@').replaceAll(asTag, '@CASE_TAG@');
  const shownTag = tag.replaceAll(asTag, '@CASE_TAG@').replaceAll(directory, '@CASE_DIR@');
  return { tag: shownTag, time, record: canonicalJson(text) ?? text };
}

function isSame(expected: Line, found: Line, place: RunPlace): boolean {
  return expected.tag === found.tag && expected.record === found.record && isSameTime(expected.time, found.time, place);
}

function isSameTime(expected: string, found: string, place: RunPlace): boolean {
  if (expected === 'now') return isDuring(found, place);
  const inYear = /^this-year:(\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d+)$/.exec(expected);
  if (!inYear) return expected === found;
  const seconds = Date.parse(`${new Date(place.began * 1000).getUTCFullYear()}-${inYear[1]}Z`) / 1000;
  return `${seconds}.${inYear[2]?.padEnd(9, '0')}` === found;
}

function isDuring(time: string, { began, ended }: RunPlace): boolean {
  const seconds = Number(time);
  return seconds >= Math.floor(began) && seconds <= Math.ceil(ended);
}

/** Without the time, so that a time of `now` does not move a line. */
function byContent(a: Line, b: Line): number {
  const [left, right] = [`${a.tag} ${a.record}`, `${b.tag} ${b.record}`];
  return left < right ? -1 : left > right ? 1 : a.time < b.time ? -1 : 1;
}

function shown({ tag, time, record }: Line): string {
  return printable(`${tag} ${time} ${record}`);
}

function describe(expected: string | undefined, found: string | undefined): string[] {
  return [...(expected === undefined ? [] : [`- ${expected}`]), ...(found === undefined ? [] : [`+ ${found}`])];
}
