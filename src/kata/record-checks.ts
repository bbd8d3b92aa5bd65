// The checks that kata-log-parser makes of each record, as values: nothing stops because of one.
import { daysInMonth } from '../formats/time/civil.ts';
import { civilGroups } from './instant.ts';
import { GUEST_CONSOLE } from './message-facts.ts';
import type { Pairs, Understood, Value } from './record.ts';

const FRACTION_TIME = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?(?:Z|[+-](\d{2}):(\d{2}))$/;
const GO_MISTAKE = /%!(?:\(BADINDEX\)|\(BADPREC\)|\(BADWIDTH\)|\(EXTRA\b|\w\(MISSING\))/;
/** What Go's `unicode` calls neither printable nor space. */
const UNPRINTABLE = /[^\P{C}\t-\r\x85]/u;
/** Keys that may stand twice: the last one counts. */
const STANDARD: ReadonlySet<string> = new Set([
  'level',
  'msg',
  'name',
  'pid',
  'source',
  'time',
  'container',
  'sandbox',
]);
const INT64_MAX = 2n ** 63n - 1n;

export interface CheckSettings {
  /** Records without pid, level, source or name are fine. */
  readonly ignoresMissing: boolean;
  /** Records of the agent were to be unpacked. */
  readonly unwraps: boolean;
}

/** Reads the value of a key. */
interface Named {
  get(key: string): Value | undefined;
}

/** Whether the pairs are a record's, and not those of a journal or of a line's frame. */
export function isGoRecord(pairs: Named): boolean {
  return pairs.get('level') !== undefined;
}

/** Whether the pairs are those of the proxy or the shim of 1.x around what the agent wrote. */
export function isAgentWrapper(pairs: Named): boolean {
  return isAgentSource(pairs.get('source')) && pairs.get('msg') === undefined;
}

/** Whether the message is a record of the agent's that nobody unpacked. */
export function mayHoldAgent(source: Value | undefined, msg: Value | undefined): boolean {
  return isAgentSource(source) && typeof msg === 'string' && msg.startsWith('time=');
}

function isAgentSource(source: Value | undefined): boolean {
  return source === 'agent' || source === 'virtcontainers';
}

/** The pairs that a record is made of, and what became of it. */
interface Layers {
  readonly inner: Pairs;
  /** Of the record around it. */
  readonly outer: Pairs | undefined;
  /** The agent of 1.x wrote it, and it was to be read. */
  readonly isAgent1: boolean;
  readonly isFailed: boolean;
}

function layersOf({ kata, fields, wrappers }: Understood): Layers | undefined {
  const around = wrappers[0];
  const outer = around && isGoRecord(around) ? around : undefined;
  if (outer && isAgentWrapper(outer)) {
    // What could not be unpacked is not looked at.
    const unpacked = kata.partial ? undefined : fields;
    const isFailed = kata.partial === true || (kata.msg?.startsWith('time=') ?? false);
    return { inner: unpacked ?? outer, outer, isAgent1: unpacked !== undefined, isFailed };
  }
  // What runtime-rs writes to the journal by itself has its fields there.
  const inner = fields ?? outer ?? (kata.era === 'rs-journal' ? around : undefined);
  return inner && { inner, outer, isAgent1: false, isFailed: mayHoldAgent(inner.get('source'), inner.get('msg')) };
}

/** What is wrong with a record, in words; empty where all is well. */
export function checkRecord(record: Understood, { ignoresMissing, unwraps }: CheckSettings): readonly string[] {
  const { kata } = record;
  if (kata.gap) return ['records are missing here'];
  const layers = layersOf(record);
  if (!layers) return ['not a record'];
  const { inner, outer, isAgent1, isFailed } = layers;
  const problems = [
    ...(kata.partial ? ['only a part of the record is there'] : []),
    ...(kata.repairs ?? []).filter((repair) => repair !== 'C21').map((repair) => `repaired: ${repair}`),
    ...(isFailed && unwraps ? ['agent unpack failed'] : []),
    ...(kata.time ? [] : ['time: expected RFC 3339 with a zone']),
    ...(outer && outer !== inner ? [...pidProblems(outer.get('pid'), true), ...pairProblems(outer)] : []),
    // As the tool: what a proxy wraps is to have all fields.
    ...fieldProblems(record, layers, ignoresMissing && !isAgent1),
  ];
  return [...new Set(problems)];
}

/** The checks of the fields that a record is to have: those of a line of the console, and else those of its wrapper. */
function fieldProblems({ kata }: Understood, { inner, outer }: Layers, ignores: boolean): string[] {
  const isConsole = outer?.text('msg') === GUEST_CONSOLE;
  const value = (name: string): Value | undefined =>
    inner.get(name) ?? (isConsole ? outer.get(name) : undefined) ?? inner.get(name.toUpperCase());
  return [
    // The guest's clock is nobody's time: the wrapper's counts.
    ...(isConsole ? [] : timeProblems(inner)),
    ...(outer ? timeProblems(outer) : []),
    ...pidProblems(value('pid'), ignores),
    ...wordProblems('level', levelOf(value, kata.level), ignores),
    ...(['source', 'name'] as const).flatMap((name) => wordProblems(name, value(name), ignores)),
    // A line of the console is one value of the wrapper: it may hold any keys.
    ...(isConsole && inner !== outer ? mistakes([...inner.keys, ...inner.values]) : pairProblems(inner)),
    ...(outer ? mistakes([kata.msg]) : []),
  ];
}

/** The level as written; a journal has a priority instead. */
function levelOf(value: (name: string) => Value | undefined, understood: string | undefined): Value | undefined {
  return value('level') ?? (value('PRIORITY') === undefined ? undefined : understood);
}

function timeProblems(pairs: Pairs): string[] {
  const text = pairs.text('time') ?? pairs.text('ts');
  if (text === undefined) return [];
  const parts = FRACTION_TIME.exec(text);
  if (!parts) return ['time: expected RFC 3339 with a zone and a fraction of 1 to 9 digits'];
  const [year, month, day, hour, minute, second] = civilGroups(parts);
  const [zoneHour, zoneMinute] = parts.slice(8).map((digits) => Number(digits ?? 0)) as [number, number];
  if (year <= 1) return ['time: expected one after the year 1, which is what Go writes of a time that was not set'];
  const isDay = month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
  // As Go: some write offsets of 24 hours or of 60 minutes.
  const isTime = hour <= 23 && minute <= 59 && second <= 59 && zoneHour <= 24 && zoneMinute <= 60;
  if (!isDay || !isTime) return ['time: expected a day and a time that exist'];
  return parts[7] === undefined ? ['time: expected a fraction of 1 to 9 digits'] : [];
}

function pidProblems(value: Value | undefined, ignoresMissing: boolean): string[] {
  const text = String(value ?? '');
  if (text === '' || /^[+-]?0+$/.test(text)) return ignoresMissing ? [] : ['pid: missing'];
  if (!/^[+-]?\d+$/.test(text)) return ['pid: expected a number'];
  if (text.startsWith('-')) return ['pid: expected a number of 1 or more'];
  return BigInt(text.replace('+', '')) > INT64_MAX ? ['pid: expected a number of 64 bits'] : [];
}

function wordProblems(name: string, value: Value | undefined, ignoresMissing: boolean): string[] {
  const text = typeof value === 'string' ? value.trim() : String(value ?? '');
  if (text === '') return ignoresMissing ? [] : [`${name}: missing`];
  return /\s/.test(text) ? [`${name}: expected one word`] : [];
}

function pairProblems({ keys, values }: Pairs): string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const [index, key] of keys.entries()) {
    if (key.trim() === '') problems.push('a key is empty');
    const value = values[index];
    if ([key, value].some((text) => typeof text === 'string' && UNPRINTABLE.test(text)))
      problems.push('a key or value holds control characters');
    if (seen.has(key) && !STANDARD.has(key)) problems.push('a key stands twice');
    seen.add(key);
  }
  return [...problems, ...mistakes([...keys, ...values])];
}

/** Where Go's `fmt` found an argument missing or too many. */
function mistakes(texts: readonly (Value | undefined)[]): string[] {
  const isWrong = texts.some((text) => typeof text === 'string' && GO_MISTAKE.test(text));
  return isWrong ? ['a format of Go went wrong (%!)'] : [];
}
