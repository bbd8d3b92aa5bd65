// Logfmt records that were hurt: glued, interleaved, cut, keys with blanks.

import { sandboxOfText } from './identity.ts';
import { endOfString, isEscaped, readJsonObject } from './json-record.ts';
import { findStamp } from './kernel-text.ts';
import { HEAD, isWholeLogrus, type LogfmtScan, scanLogfmt } from './logfmt.ts';
import { GUEST_CONSOLE } from './message-facts.ts';
import { Pairs } from './record.ts';
import { goesOnOtherwise, lacksPair } from './shim-messages.ts';

/** Where a record of logrus begins. One inside of a quoted value has a backslash before its quote. */
const RECORD_START = /time="\d{4}-\d{2}-\d{2}T/g;

/** Whether a text is a record that was cut inside of its first name, and another one behind it. */
export function beginsCut(text: string): boolean {
  return /^(?:t|ti|tim|time|time=)time="\d{4}-/.test(text);
}

/** The texts of a line at whose seams records of logrus begin. The first may be anything. */
export function splitAtSeams(text: string): string[] {
  const parts: string[] = [];
  let from = 0;
  for (const { index } of text.matchAll(RECORD_START)) {
    // logrus itself renames a pair `time` to `fields.time`.
    if (index === 0 || text.slice(0, index).endsWith('fields.')) continue;
    parts.push(text.slice(from, index));
    from = index;
  }
  parts.push(text.slice(from));
  return parts;
}

/** Last pairs that logrus would not end with: the line was cut inside of a value, or before the last pairs. */
const SOURCES = ['containerd-kata-shim-v2', 'virtcontainers', 'katautils', 'cgroups', 'pkg/utils', 'agent-client'];
const SUBSYSTEMS = (
  'sandbox container kata_agent network qemu qmp cloudHypervisor firecracker stratovirt virtiofsd nydusd fs_share mount persist device ' +
  'deviceManager compatoci hook oci factory template virtcontainers/monitor qemuAmd64 qemuArm64 qemuS390x qemuPPC64le ' +
  'shim-management hypervisor api'
).split(' ');

/** Pairs that logrus never writes empty. */
const NEVER_EMPTY: ReadonlySet<string> = new Set('msg level name pid sandbox source subsystem error'.split(' '));

/** Whether the end of the record is missing, though every pair can be read. */
export function looksCut(text: string, pairs: Pairs): boolean {
  if (text.endsWith(' ')) return true;
  const { keys, values } = pairs;
  const last = keys.length - 1;
  // logrus has fields for each record of Kata's.
  if (last < 2 && keys[0] === 'time') return true;
  // What a wrapper of the console is there for comes last.
  if (!keys.includes('vmconsole') && message(keys, values) === GUEST_CONSOLE) return true;
  const [key, value] = [keys[last] as string, values[last]];
  return typeof value === 'string' && (isCutValue(text, key, value) || endsEarly(pairs, key, value));
}

function isCutValue(text: string, key: string, value: string): boolean {
  if (value === '') return NEVER_EMPTY.has(key) && text.endsWith('=');
  return (key === 'sandbox' || key === 'container') && /^[0-9a-f]{16,63}$/.test(value);
}

/** Whether pairs are missing that the writer always has. */
function endsEarly({ keys, values }: Pairs, key: string, value: string): boolean {
  const name = keys.indexOf('name');
  if (name < 0 && !NAMED.some((own) => keys.includes(own)) && isNamedMessage(message(keys, values))) return true;
  if (name < 0 && key === 'subsystem') return SOURCES.includes(source(keys, values)) && isBegun(SUBSYSTEMS, value);
  if (name < 0) return ENDS_BEFORE_NAME.has(key) && !keys.includes('source') && !keys.includes('subsystem');
  // The shim names the request that it sends so, and itself behind it.
  if (key === 'name') return SOURCES_OF.has(value) || isBegun(NAMES, value) || value.startsWith('grpc.');
  const sources = SOURCES_OF.get(values[name] as string);
  if (sources === undefined) return false;
  if (!keys.includes('source')) return true;
  return (key === 'source' && isBegun(sources, value)) || (key === 'subsystem' && isBegun(SUBSYSTEMS, value));
}

function source(keys: readonly string[], values: Pairs['values']): string {
  const value = values[keys.indexOf('source')];
  return typeof value === 'string' ? value : '';
}

function message(keys: readonly string[], values: Pairs['values']): string {
  const value = values[keys.indexOf('msg')];
  return typeof value === 'string' ? value : '';
}

/** A record of Kata's has one of them at least. */
const NAMED = ['source', 'subsystem', 'sandbox', 'ID'];
/** What Kata's runtimes and shims say and nobody else does. */
const NAMED_MESSAGE =
  /^(?:(?:Create|Start|Delete|Exec|ResizePty|State|Pause|Resume|Kill|Pids|CloseIO|Checkpoint|Connect|Shutdown|Stats|Update|Wait)\(\) (?:start|end)$|(?:stdin|stdout|stderr|all) io stream copy |Publishing container exit status|loaded configuration$|kata management inited|start container execution|Starting VM$|VM started|Agent started in the sandbox|Sandbox is started|launching \S+ with: |Executing QMP command: |got QMP event|QMP details|created vm path|Cleanup (?:vm path|agent|container)|endpoints found after scan|Setting container state from |(?:Replacing|Removing) OCI mount|New client$|Request to hypervisor to update |Sandbox (?:CPUs|memory size): |Memory Sandbox \+ |Stopping (?:sandbox in the VM|VM|Sandbox)$|Container (?:already stopped|is started)|(?:stop the )?console watcher|Block device detected|device details$|ShareFile: |reading guest console$|(?:fetch|release) sandbox$|endpoint unmarshalled|watchSandbox gets |write error to watcher|Failed to read guest console|mark agent dead)/;

export function namesWriter({ keys }: Pairs): boolean {
  return keys.includes('name') || NAMED.some((own) => keys.includes(own));
}

/** Whether a message is one whose record names its writer. */
export function isNamedMessage(text: string): boolean {
  return NAMED_MESSAGE.test(text);
}

/** Whether a whole record ends where most of the shim's go on: before their source, or behind it. */
export function mayLackEnd({ keys, values }: Pairs): boolean {
  return !keys.includes('source') || (keys.at(-1) === 'source' && values[keys.indexOf('name')] === SHIM);
}

/** Whether a whole record that names no writer ends with a path that may go on. */
export function endsInPath(text: string, pairs: Pairs): boolean {
  const word = lastWord(text);
  return !namesWriter(pairs) && word.includes('=') && word.includes('/', word.lastIndexOf('=')) && !word.endsWith('"');
}

/** Whether a whole record of the shim ends with a source that nearly always says behind it which part of it wrote. */
export function lacksSubsystem({ keys, values }: Pairs): boolean {
  return values[keys.indexOf('name')] === SHIM && keys.at(-1) === 'source' && values.at(-1) === 'virtcontainers';
}

const SUBSYSTEM_LAST = / source=[\w-]+ subsystem=[\w-]+(?:$| vmconsole=")/;

/** Whether the text of a whole record shows that mayLackEnd is false. Outside of quotes, for inside of them there is no `="`. */
export function hasSubsystem(text: string): boolean {
  return SUBSYSTEM_LAST.test(text);
}

/** Whether a record ends with a value that is whole: only further pairs can follow. */
export function endsWhole(text: string): boolean {
  if (text.endsWith('"')) return true;
  const [, key = '', value = ''] = /(source|subsystem)=([^\s="]+)$/.exec(text) ?? [];
  if (value === 'agent' && text.includes(' name=kata-agent ')) return true;
  return (key === 'source' ? SOURCES : SUBSYSTEMS).includes(value);
}

/** Whether the name of a subsystem of the shim's may have lost its end. */
export function isBegunSubsystem(value: string): boolean {
  return isBegun(SUBSYSTEMS, value);
}

const LEVELS: ReadonlySet<string> = new Set('panic fatal error warning info debug trace'.split(' '));
const LONG_NAMES = ['container', 'sandbox', 'subsystem', 'source', 'command'];
const NAME_END_CHARS = 5;

/** Whether a name ends as a longer one that is not whole in it: its beginning is another's. */
function isGluedName(name: string): boolean {
  return LONG_NAMES.some((long) => name.endsWith(long.slice(-NAME_END_CHARS)) && !name.endsWith(long));
}

/** So many characters at the end of a word tell which one it is. */
const END_CHARS = 6;

/** Whether a word ends as one of the words, and is none of them. */
function endsAsOne(words: readonly string[], word: string | undefined): boolean {
  if (word === undefined || word.length < END_CHARS || words.includes(word)) return false;
  return words.some((known) => known.endsWith(word.slice(-END_CHARS)));
}

/** Whether a word is the beginning of one of the words, and none of them. */
function isBegun(words: readonly string[], begun: string): boolean {
  return !words.includes(begun) && words.some((word) => word.startsWith(begun));
}

const SHIM = 'containerd-shim-v2';
/** What those say as their source who always name one. */
const SOURCES_OF: ReadonlyMap<string, readonly string[]> = new Map([
  [SHIM, SOURCES],
  ['kata-runtime', ['agent', 'runtime', ...SOURCES]],
  ['kata-agent', ['agent']],
  ['kata-proxy', ['agent', 'proxy']],
  ['kata-shim', ['agent', 'shim']],
]);
const NAMES = [SHIM, 'kata-runtime', 'kata-proxy', 'kata-shim', 'kata-agent', 'kata-monitor'];

/** Pairs of the shim behind which its name, or at least its source, must follow. */
const ENDS_BEFORE_NAME: ReadonlySet<string> = new Set(['container', 'exec']);

/** The end of an agent's record in the quotes of its wrapper. */
const CONSOLE_TAIL = /\\":\\"[^"]*\\"\}"$/;

/** A text that may be the rest of a record of logrus: pairs at its end, each with a name. */
export function looksLikeTail(text: string): boolean {
  if (SOURCES.some((source) => text === source || text.endsWith(`=${source}`)) && !text.includes('time="')) return true;
  if (CONSOLE_TAIL.test(text)) return true;
  return endsWithPair(text) && /(?:source|subsystem|vmconsole|sandbox|pid|name)=/.test(text);
}

/** Not one pattern for both: one with alternatives inside of quotes fails on texts of megabytes. */
function endsWithPair(text: string): boolean {
  if (!text.endsWith('"')) return /(?:^|[\s"])[A-Za-z][\w.-]*=[^\s"]+$/.test(text);
  for (const { index, 0: found } of text.matchAll(/(?<=^|[\s"])[A-Za-z][\w.-]*="/g))
    if (endOfString(text, index + found.length - 1) === text.length - 1) return true;
  return false;
}

/** A text that may be the last piece of a record that is known to be torn: one word, or the end of a pair. */
export function mayBeTail(text: string): boolean {
  return !text.includes(' ') || text.endsWith('"') || /[^\s=]=/.test(lastWord(text));
}

/** What stands behind the last blank or quote, and that, too. */
function lastWord(text: string): string {
  let at = text.length - 1;
  while (at > 0 && !/[\s"]/.test(text[at] as string)) at--;
  return text.slice(at);
}

export function beginsPair(text: string): boolean {
  return /^[A-Za-z][\w.-]{0,127}=/.test(text);
}

/** Whether a text cannot be the rest behind `head`: it goes on in quotes that are not open, or out of quotes that are. */
export function cannotFollow(head: string, rest: string): boolean {
  const text = head + rest;
  let quote = text.indexOf('"', head.length);
  while (quote >= 0 && isEscaped(text, quote)) quote = text.indexOf('"', quote + 1);
  return quote >= 0 && (text[quote - 1] === '=') === scanLogfmt(head).cut;
}

/** A text in which more quotes close than open. */
export function closesQuote(text: string): boolean {
  let quotes = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) if (!isEscaped(text, at)) quotes++;
  return quotes % 2 === 1;
}

/** Whether a text ends inside of quotes, and is inside of the same ones with the next. */
export function staysInQuotes(head: string, part: string): boolean {
  const [before, after] = [scanLogfmt(head), scanLogfmt(head + part)];
  return before.cut && after.cut && after.pairs.keys.length === before.pairs.keys.length;
}

/** A name that was cut, behind a value that is whole. */
const CUT_NAME = /[\s"][A-Za-z][\w-]{0,64}$/;

/** Whether more pairs in logrus's order come of the two: a middle piece of a record, whose end is yet to come. */
export function goesOnAsLogrus(head: string, part: string): boolean {
  if (CUT_NAME.test(part)) return goesOnAsLogrus(head, `${part}=x`);
  const [before, after] = [scanLogfmt(head).pairs, scanLogfmt(head + part).pairs];
  return after.keys.length > before.keys.length && orderedPart(after).keys.length === after.keys.length;
}

/** Ids of sandboxes and containers have 64 digits: another number of them was glued. */
function hasGluedId(pairs: Pairs): boolean {
  return ['sandbox', 'container'].some((key) => {
    const id = pairs.text(key);
    return id !== undefined && /^[0-9a-f]{20}/.test(id) && !/^[0-9a-f]{64}$/.test(id);
  });
}

/** The end of a record whose last value is in quotes, as containerd's message is. */
export function isQuotedEnd(text: string): boolean {
  return text.endsWith('"') && endOfString(text, -1) === text.length - 1;
}

/** Head and tail as one record, if logrus could have written it. */
export function joinLogfmt(head: string, tail: string): LogfmtScan | undefined {
  const scan = scanLogfmt(head + tail);
  if (goesOnOtherwise(scan.pairs.text('msg') ?? '', cutMessage(head)?.length)) return undefined;
  if (!isWholeLogrus(scan) || looksCut(head + tail, scan.pairs)) return undefined;
  if (isOfTwo(scan.pairs) || namesTwice(scan.pairs)) return undefined;
  const namesItself = scan.pairs.get('name') !== undefined || scan.pairs.get('source') !== undefined;
  return namesItself || (isQuotedEnd(tail) && scanLogfmt(head).cut) ? scan : undefined;
}

/** What is there of the message that a text ends in; undefined where it does not. */
function cutMessage(text: string): string | undefined {
  const { cut, pairs } = scanLogfmt(text);
  return cut && pairs.keys.at(-1) === 'msg' ? pairs.text('msg') : undefined;
}

/** Where kernel text begins in the middle of a word, or -1. */
export function tornStamp(text: string): number {
  const start = findStamp(text, 1);
  return start > 0 && /\w/.test(text[start - 1] as string) ? start : -1;
}

/** Words before a name that every record has: what was torn there. */
const OWN_KEY = /_(?:name|pid|sandbox|source|subsystem|level|msg|time)$/;

/** Patterns with repeated groups fail on texts of many megabytes. */
const GLUED_MAX = 1 << 20;

/** The pairs of a line where words without an equals sign stand before a key: they are part of it. */
export function gluedKeys(text: string): Pairs | undefined {
  if (text.length > GLUED_MAX) return undefined;
  // Values in quotes are passed whole: what looks like a pair in them is none. One that never ends is the rest of the text.
  const glued = text.replace(
    /("[^"\\]*(?:\\.[^"\\]*)*"|=[^\s"]*)(?: ((?:[^\s="]+ )+)(?=[^\s="]+=))?|"[\s\S]*/g,
    (all, value: string, words: string | undefined) =>
      words === undefined ? all : `${value} ${words.replaceAll(' ', '_')}`,
  );
  const scan = scanLogfmt(glued);
  const isTorn = namesTwice(scan.pairs) || scan.pairs.keys.some((key) => OWN_KEY.test(key));
  return scan.clean && !isTorn ? scan.pairs : undefined;
}

/** Whether who wrote it is said twice: the end of another record stands in it. */
export function namesTwice({ keys }: Pairs): boolean {
  return OWNERS.some((own) => keys.indexOf(own) !== keys.lastIndexOf(own));
}

const OWNERS = ['name', 'pid', 'sandbox', 'source'];

/** The pairs up to the first one that logrus would have written before: from there on they may be another record's. */
export function orderedPart({ keys, values }: Pairs): Pairs {
  const out = keys.findIndex(
    (key, at) => at > 0 && !HEAD.has(key) && !HEAD.has(keys[at - 1] as string) && key <= (keys[at - 1] as string),
  );
  return out < 0 ? new Pairs(keys, values) : new Pairs(keys.slice(0, out), values.slice(0, out));
}

/**
 * Whether the pairs of a record that was torn are those of two: an id has digits of another, logrus's order is broken, the message
 * goes on as none does, a console is that of another sandbox, its JSON goes on as something else.
 */
export function isOfTwo(pairs: Pairs): boolean {
  if (hasGluedId(pairs) || orderedPart(pairs).keys.length < pairs.keys.length) return true;
  // logrus writes it behind the time: it was cut inside of that name, or of its value.
  if (pairs.keys[0] === 'time' && !LEVELS.has(pairs.text('level') ?? '')) return true;
  if (pairs.keys.some(isGluedName)) return true;
  const msg = pairs.text('msg') ?? '';
  if (goesOnOtherwise(msg) || lacksPair(msg, pairs.keys)) return true;
  if (endsAsOne(NAMES, pairs.text('name')) || endsAsOne(SOURCES, pairs.text('source'))) return true;
  const sandbox = pairs.text('sandbox');
  const named = sandboxOfText(pairs.text('console-url') ?? '');
  if (sandbox !== undefined && named !== undefined && named !== sandbox) return true;
  const line = pairs.text('vmconsole');
  return line?.startsWith('{"') === true && readJsonObject(line) === undefined;
}

/** The pairs but the last, whose value was cut. */
export function withoutLast({ keys, values }: Pairs): Pairs {
  return new Pairs(keys.slice(0, -1), values.slice(0, -1));
}
