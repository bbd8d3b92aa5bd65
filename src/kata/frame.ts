// What stands around a record on its line: the frames of journalctl, syslog, CRI, Docker, CI systems and pasted text.
import type { Instant } from '../core/event.ts';
import { instantOfMicros, readInstant } from './instant.ts';
import { pairsOf, readJsonObject } from './json-record.ts';
import type { Pairs, Repair, Value } from './record.ts';

export type FrameKind = 'bare' | 'journal' | 'syslog' | 'cri' | 'docker';

/** A line without its frames. */
export interface Frame {
  readonly kind: FrameKind;
  readonly text: string;
  readonly time: Instant | undefined;
  /** SYSLOG_IDENTIFIER, or what stands for it. */
  readonly ident: string | undefined;
  readonly pid: number | undefined;
  /** The pairs of the frame, without the text. */
  readonly pairs: Pairs | undefined;
  /** Lines of one stream may continue each other. */
  readonly stream: string;
  readonly repairs: readonly Repair[];
  /** The line is the beginning of a longer one (CRI `P`, Docker without a line feed, journald's line-max). */
  readonly goesOn: boolean;
  /** What a paste put in front of the line. */
  readonly prefix?: string;
  /** rsyslog may have written the line. */
  readonly mayHaveOctals?: true;
}

const NO_REPAIRS: readonly Repair[] = [];
const BARE = {
  kind: 'bare',
  time: undefined,
  ident: undefined,
  pid: undefined,
  pairs: undefined,
  stream: '',
  repairs: NO_REPAIRS,
  goesOn: false,
} as const;

export function bareFrame(text: string): Frame {
  return {
    kind: 'bare',
    text,
    time: undefined,
    ident: undefined,
    pid: undefined,
    pairs: undefined,
    stream: '',
    repairs: NO_REPAIRS,
    goesOn: false,
  };
}

/** Frames inside frames: a CI system's stamp, a paste's `> `, journalctl's prefix. Nobody nests deeper. */
const MAX_FRAMES = 6;
const BYTE_ORDER_MARK = 0xfeff;

/** What is known of the lines around one. */
export interface Surroundings {
  /** What a paste put in front of the line before. */
  readonly prefix: string;
  /** It stands in what journalctl printed, which escapes nothing. */
  readonly isJournalctl: boolean;
}

const UNKNOWN: Surroundings = { prefix: '', isJournalctl: false };

/** Takes the frames off a line. */
export function unframe(line: string, around: Surroundings = UNKNOWN): Frame {
  let frame = workflowFrame(line) ?? bareFrame(line);
  for (let depth = 0; depth < MAX_FRAMES; depth++) {
    // Nobody pastes into a log: what stands behind the frame of one is its text.
    const inner = next(frame.text) ?? (frame.kind === 'bare' ? putBefore(frame.text, around.prefix) : undefined);
    if (!inner) break;
    frame = inside(frame, inner.mayHaveOctals && !around.isJournalctl ? withoutOctals(inner) : inner);
  }
  return frame;
}

/** `inner` with what only `outer` knows. */
function inside(outer: Frame, inner: Frame): Frame {
  if (outer.kind === 'bare' && outer.repairs.length === 0 && outer.time === undefined) return inner;
  return {
    ...inner,
    kind: inner.kind === 'bare' ? outer.kind : inner.kind,
    time: inner.time ?? outer.time,
    ident: inner.ident ?? outer.ident,
    pid: inner.pid ?? outer.pid,
    pairs: inner.pairs ?? outer.pairs,
    stream: inner.stream || outer.stream,
    repairs: [...outer.repairs, ...inner.repairs.filter((repair) => !outer.repairs.includes(repair))],
    goesOn: inner.goesOn || outer.goesOn,
    ...(outer.prefix !== undefined && { prefix: outer.prefix }),
  };
}

/** The frame that a log has around a text, or undefined where the text is its own. */
function next(text: string): Frame | undefined {
  const first = text.charCodeAt(0);
  if (first === 0x7b) return objectFrame(text);
  // `time="`: nearly every line.
  if (first === 0x74 && text.startsWith('time="')) return undefined;
  if (first >= 0x30 && first <= 0x39) return datedFrame(text);
  if (first >= 0x41 && first <= 0x5a) return syslogFrame(text);
  if (first === 0x3c) return prioritisedFrame(text);
  if (first === 0x5b) return monotonicFrame(text);
  // `journalctl -o json-seq`, and the first line of a file from Windows.
  if (first === 0x1e || first === BYTE_ORDER_MARK) return { ...BARE, text: text.slice(1) };
  return undefined;
}

/** What a CI system, a terminal or a paste put in front of a line. */
function putBefore(text: string, prefix: string): Frame | undefined {
  const first = text.charCodeAt(0);
  if (first === 0x7b || (first === 0x74 && text.startsWith('time="'))) return undefined;
  return stampedFrame(text) ?? pastedFrame(text, prefix);
}

// ---- JSON around a text: the journal, Docker

/** Only a journal entry has one of these. */
const JOURNAL_KEY = /"(?:__REALTIME_TIMESTAMP|__CURSOR|_TRANSPORT|SYSLOG_IDENTIFIER|_BOOT_ID)"\s*:/;
/** Words of which every object has one that is a frame. */
export const FRAME_WORDS: readonly string[] = [
  '__REALTIME_TIMESTAMP"',
  '__CURSOR"',
  '_TRANSPORT"',
  'SYSLOG_IDENTIFIER"',
  '_BOOT_ID"',
  '{"log"',
];
const DOCKER_START = /^\{"log"\s*:/;

function objectFrame(text: string): Frame | undefined {
  if (DOCKER_START.test(text)) return dockerFrame(text);
  if (!JOURNAL_KEY.test(text)) return undefined;
  const pairs = readJsonObject(text);
  return pairs && journalFrame(pairs);
}

function dockerFrame(text: string): Frame | undefined {
  const pairs = readJsonObject(text);
  const log = pairs?.text('log');
  if (!pairs || log === undefined || pairs.text('stream') === undefined) return undefined;
  const time = pairs.text('time');
  return {
    ...BARE,
    kind: 'docker',
    text: log.replace(/\n$/, ''),
    time: time === undefined ? undefined : readInstant(time),
    stream: `docker ${pairs.text('stream')}`,
    pairs: pairs.without('log'),
    goesOn: !log.endsWith('\n'),
  };
}

/** A value of `journalctl -o json`: text, bytes as numbers, or several values of one name. Null where it was too long. */
export function journalText(value: Value | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return undefined;
  if (value.every((byte) => typeof byte === 'number')) return Buffer.from(value as number[]).toString('utf8');
  return value.find((one): one is string => typeof one === 'string');
}

/** The frame of a journal entry's fields. */
export function journalFrame(pairs: Pairs): Frame | undefined {
  if (!pairs.keys.includes('MESSAGE')) return undefined;
  const field = (name: string): string | undefined => journalText(pairs.get(name));
  const message = field('MESSAGE');
  const micros = field('_SOURCE_REALTIME_TIMESTAMP') ?? field('__REALTIME_TIMESTAMP');
  const raw = field('SYSLOG_RAW');
  const whole = raw === undefined || message === undefined ? undefined : textBehindNul(raw, message);
  const pid = field('_PID') ?? field('SYSLOG_PID');
  const stream = field('_STREAM_ID');
  const lineBreak = field('_LINE_BREAK');
  return {
    kind: 'journal',
    text: whole ?? message ?? '',
    time: micros === undefined ? undefined : instantOfMicros(micros),
    ident: field('SYSLOG_IDENTIFIER'),
    pid: pid === undefined ? undefined : Number(pid),
    pairs: pairs.without('MESSAGE'),
    stream: stream === undefined ? `journal ${field('SYSLOG_IDENTIFIER')} ${pid}` : `journal ${stream} ${pid}`,
    repairs: whole !== undefined ? ['C12'] : message === undefined ? ['C13'] : NO_REPAIRS,
    goesOn: lineBreak === 'line-max',
  };
}

const SYSLOG_HEAD = /^(?:<\d+>)?(?:[A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} )?(?:[^\s:[]+(?:\[\d+\])?: )?/;

/** The whole text of a datagram whose MESSAGE journald cut at a NUL; undefined where MESSAGE is all of it. */
function textBehindNul(raw: string, message: string): string | undefined {
  const text = raw.replace(SYSLOG_HEAD, '').replace(/[\n\0]+$/, '');
  if (text.length <= message.length || text.charCodeAt(message.length) !== 0 || !text.startsWith(message))
    return undefined;
  return text.replaceAll('\0', '');
}

// ---- a time in front

const CRI =
  /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})) (stdout|stderr) ([FP])(?::\w+){0,64} ?/;
const ISO_SYSLOG =
  /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})) (\S+) ([^\s:[]+)(?:\[(\d+)\])?: /;

/** `journalctl -o short-unix`. */
const UNIX_SYSLOG = /^(\d{9,11}\.\d{6}) (\S+) ([^\s:[]+)(?:\[(\d+)\])?: /;

function datedFrame(text: string): Frame | undefined {
  const cri = CRI.exec(text);
  if (cri) {
    const [whole = '', time = '', stream = '', flag = ''] = cri;
    const pairs = pairsOf({ stream, time });
    const frame = { ...BARE, kind: 'cri', text: text.slice(whole.length), stream: `cri ${stream}`, pairs } as const;
    return { ...frame, time: readInstant(time), goesOn: flag === 'P' };
  }
  const iso = ISO_SYSLOG.exec(text);
  if (iso) {
    const [whole = '', time = '', host = '', ident = '', pid] = iso;
    const frame = syslog(text.slice(whole.length), readInstant(time.replace(',', '.')), time, host, ident, pid);
    // journalctl writes zones without a colon, or no part of the second.
    return /[+-]\d{4}$/.test(time) || !/[.,]/.test(time) ? frame : { ...frame, mayHaveOctals: true };
  }
  const unix = UNIX_SYSLOG.exec(text);
  if (unix) {
    const [whole = '', time = '', host = '', ident = '', pid] = unix;
    return syslog(text.slice(whole.length), instantOfMicros(time.replace('.', '')), time, host, ident, pid);
  }
  return undefined;
}

// ---- syslog

const SHORT_SYSLOG =
  /^(?:[A-Z][a-z]{2} )?([A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2}(?:\.\d{1,6})?|\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} \w+) (\S+) ([^\s:[]+)(?:\[(\d+)\])?: ?/;
/** The time that rsyslog writes by default, and `journalctl -o short`; other forms of journalctl are its own. */
const SECONDS_ONLY = /^[A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2}$/;
/** rsyslog writes a control character as `#` and three octal digits. That of DEL by itself is the number of an issue. */
const OCTAL = /#(0[0-3][0-7]|177)/g;
const SOME_OCTAL = /#0[0-3][0-7]/;
const BLOB = /^\[[\d.]+[KMGT]?B? blob data\]$/;

function syslogFrame(text: string): Frame | undefined {
  const match = SHORT_SYSLOG.exec(text);
  if (!match) return undefined;
  const [whole = '', time = '', host = '', ident = '', pid] = match;
  // Such a time has no year: it says nothing that a record could be sorted by.
  const frame = syslog(text.slice(whole.length), undefined, time, host, ident, pid);
  return SECONDS_ONLY.test(time) ? { ...frame, mayHaveOctals: true } : frame;
}

/** Where the message begins on a line as journalctl prints it: the further lines of one are indented as far. 0: it is none. */
export function messageColumn(text: string): number {
  for (const head of [SHORT_SYSLOG, ISO_SYSLOG, UNIX_SYSLOG, MONOTONIC]) {
    const match = head.exec(text);
    if (match) return match[0].length;
  }
  return 0;
}

/** RFC 5424: version, time, host, application, process, message id, structured data. */
const RFC5424 = /^<\d{1,3}>1 (\S+) (\S+) (\S+) (\S+) \S+ (?:-|(?:\[(?:[^\]"]|"(?:[^"\\]|\\.)*")*\])+) ?(?:\ufeff)?/;
/** What a program sends to the socket of its own host. */
const HOSTLESS = /^<\d{1,3}>([A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2}) ([^\s:[]+)(?:\[(\d+)\])?: ?/;
/** Structured data is shorter; its pattern fails on megabytes. */
const HEAD_MAX = 64 << 10;
const PRIORITY = /^<\d{1,3}>(?=[A-Z][a-z]{2} [ \d]\d )/;

/** A syslog message as it was sent. */
function prioritisedFrame(text: string): Frame | undefined {
  const sent = RFC5424.exec(text.slice(0, HEAD_MAX));
  if (sent) {
    const [whole = '', time = '', host = '', ident = '', pid = ''] = sent;
    const process = /^\d+$/.test(pid) ? pid : undefined;
    return { ...syslog(text.slice(whole.length), readInstant(time), time, host, ident, process), mayHaveOctals: true };
  }
  const hostless = HOSTLESS.exec(text);
  if (hostless) {
    const [whole = '', time = '', ident = '', pid] = hostless;
    return { ...syslog(text.slice(whole.length), undefined, time, undefined, ident, pid), mayHaveOctals: true };
  }
  const priority = PRIORITY.exec(text);
  return priority ? syslogFrame(text.slice(priority[0].length)) : undefined;
}

/** `journalctl -o short-monotonic`; a guest's kernel line never names one of these. */
const MONOTONIC =
  /^\[ *(\d+\.\d{6})\] (\S+) (kata|kata-runtime|kata-proxy|kata-shim|containerd|crio|dockerd|virtiofsd)\[(\d+)\]: /;

function monotonicFrame(text: string): Frame | undefined {
  const match = MONOTONIC.exec(text);
  if (!match) return undefined;
  const [whole = '', time = '', host = '', ident = '', pid = ''] = match;
  return syslog(text.slice(whole.length), undefined, time, host, ident, pid);
}

function syslog(
  text: string,
  time: Instant | undefined,
  written: string,
  host: string | undefined,
  ident: string,
  pid: string | undefined,
): Frame {
  const isBlob = BLOB.test(text);
  return {
    kind: 'syslog',
    text: isBlob ? '' : text,
    time,
    ident,
    pid: pid === undefined ? undefined : Number(pid),
    pairs: pairsOf({ time: written, ...(host !== undefined && { host }), ident, ...(pid !== undefined && { pid }) }),
    stream: `syslog ${ident} ${pid}`,
    repairs: isBlob ? ['C13'] : NO_REPAIRS,
    goesOn: false,
  };
}

/** C25: the text of a line that rsyslog may have written. */
function withoutOctals(frame: Frame): Frame {
  const { text } = frame;
  if (!SOME_OCTAL.test(text)) return frame;
  return { ...frame, text: text.replace(OCTAL, octal), repairs: [...frame.repairs, 'C25'] };
}

function octal(_: string, digits: string): string {
  return String.fromCharCode(Number.parseInt(digits, 8));
}

// ---- what CI systems put in front of a line

/** `gh run view --log`: names of job and step, and the stamp of each line, the first of which has a mark of byte order. */
const WORKFLOW = /^[^\t]{1,200}\t[^\t]{1,200}\t\ufeff?(?=\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{1,9}Z )/;

function workflowFrame(line: string): Frame | undefined {
  const match = line.includes('\t') ? WORKFLOW.exec(line) : undefined;
  return match ? { ...BARE, text: line.slice(match[0].length), repairs: ['C26'] } : undefined;
}

/** Beginnings of records, and of lines of syslog and of containers. */
const SYSLOG = String.raw`(?:[A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2}|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\S* \S+ [^\s:[]+(?:\[\d+\])?: `;
const OF_CONTAINER = String.raw`\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\S* std(?:out|err) [FP]`;
const RECORD = String.raw`time="\d{4}-|\{"[A-Za-z_]+":|\[\s*\d+\.\d{6}\] |${SYSLOG}|${OF_CONTAINER}`;
const CLOCK = String.raw`\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?`;
const DAY_AND_CLOCK = String.raw`\d{4}-\d{2}-\d{2}[T ]${CLOCK}`;
/** GitHub's raw logs: whatever follows. */
const CI_STAMP = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z) /;
/** Jenkins in UTC: whatever follows. */
const BRACKETED_STAMP = new RegExp(String.raw`^\[(${DAY_AND_CLOCK}Z)\] +`);
/** A time of nobody knows which zone, where a record stands behind it. */
const LOCAL_STAMP = new RegExp(
  String.raw`^(?:\[(?:${DAY_AND_CLOCK}|${CLOCK})(?: ?(?:UTC|[+-]\d{2}:?\d{2}))?\]|(?:${DAY_AND_CLOCK}|${CLOCK})(?: ?(?:UTC|[+-]\d{2}:?\d{2}))?)[ \t]+(?=${RECORD})`,
);

function stampedFrame(text: string): Frame | undefined {
  const stamp = CI_STAMP.exec(text) ?? BRACKETED_STAMP.exec(text);
  if (stamp) {
    const time = readInstant((stamp[1] as string).replace(' ', 'T').replace(',', '.'));
    return { ...BARE, text: text.slice(stamp[0].length), time };
  }
  const local = LOCAL_STAMP.exec(text);
  return local ? { ...BARE, text: text.slice(local[0].length), repairs: ['C26'] } : undefined;
}

// ---- pasted text

/** `kubectl logs --prefix`, `##[debug]` of CI systems. */
const PASTED = /^(?:\[pod\/[^\s\]]+\] |##\[[a-z]+\] ?)/;
/**
 * Quotation marks of Markdown and mail, table edges, `docker compose`; blanks, and marks of lists, differences, comments, numbered
 * lines and `stern`: where a record stands behind them.
 */
const MARKED = new RegExp(
  String.raw`^(?:[ \t]+(?![ \t])|(?:[>|] ?){1,8}|[a-z0-9][\w.-]* +\| |[ \t]*(?:[-+*>|#] ?|\d{1,9}[:.)|\t] ?|[a-z0-9][\w.-]* [a-z0-9][\w.-]* ))(?=[ \t]*(?:${RECORD}))`,
);

/** @param prefix what stood in front of the line before: lines of a paste that are no records have it, too. */
function pastedFrame(text: string, prefix: string): Frame | undefined {
  const match = PASTED.exec(text);
  if (match) return { ...BARE, text: text.slice(match[0].length), repairs: ['C26'] };
  const marked = MARKED.exec(text)?.[0] ?? (prefix !== '' && text.startsWith(prefix) ? prefix : undefined);
  if (marked === undefined) return undefined;
  const isConstant = /^(?:[>|]|[a-z0-9][\w.-]* +\|)/.test(marked);
  return { ...BARE, text: text.slice(marked.length), repairs: ['C26'], ...(isConstant && { prefix: marked }) };
}
