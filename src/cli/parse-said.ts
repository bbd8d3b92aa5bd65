// What a record says of itself, as kata-log-parser would have read it: whose fields count where one record wraps another.
import { scanLogfmt } from '../kata/logfmt.ts';
import { GUEST_CONSOLE } from '../kata/message-facts.ts';
import { isAgentWrapper, isGoRecord, mayHoldAgent } from '../kata/record-checks.ts';
import type { PrintedRecord, Texts } from './parse-printed.ts';

type Pair = readonly [name: string, value: string];

export interface Said {
  readonly data: Pair[];
  readonly level: string;
  readonly msg: string;
  readonly source: string;
  readonly name: string;
  readonly container: string;
  readonly sandbox: string;
  /** Digits, perhaps with a sign; 0 where there is none. */
  readonly pid: string;
}

const NOTHING: Texts = new Map<string, string>();
/** What an entry has a place for: everything else is data. */
const STANDARD: ReadonlySet<string> = new Set([
  'time',
  'level',
  'msg',
  'name',
  'pid',
  'source',
  'container',
  'sandbox',
]);
/** Of an agent's record; the guest knows of no sandbox, and its time and its level stay among the data. */
const AGENT_STANDARD: ReadonlySet<string> = new Set(['msg', 'name', 'pid', 'source', 'container-id', 'cid']);
const LONG_LEVEL: ReadonlyMap<string, string> = new Map([
  ['CRIT', 'critical'],
  ['DEBG', 'debug'],
  ['ERRO', 'error'],
  ['INFO', 'info'],
  ['TRCE', 'trace'],
  ['WARN', 'warning'],
]);
/** Words of runtimes in small letters are printed as they are. */
const PLAIN_LEVEL = /^[a-z]+$/;
const REQUESTED_CONTAINER = /container_id:"([^"]*)"/;
const UNPACK_FAILED = 'katalog-agent-unpack-failed';
/** Width of a kernel's stamp, in its brackets. */
const KERNEL_STAMP_CHARS = 12;

/** @param unwraps whether wrapped records were to be unwrapped */
export function saidOf(record: PrintedRecord, unwraps: boolean): Said {
  const said = written(record);
  const isPacked = unwraps && mayHoldAgent(said.source, said.msg);
  return isPacked ? { ...said, data: [...said.data, [UNPACK_FAILED, 'true']] } : said;
}

function written(record: PrintedRecord): Said {
  const { kata, fields, wrapper = NOTHING } = record;
  if (wrapper.get('msg') === GUEST_CONSOLE)
    return fields ? ofAgent(record, fields, wrapper) : ofConsole(record, wrapper);
  // The agent of 1.x in a record of the proxy's: what could not be read stays that record's message.
  if (isGoRecord(wrapper) && isAgentWrapper(wrapper) && (!fields || kata['partial'] === true))
    return ofPairs(record, wrapper, NOTHING, wrappedText(record));
  const pairs = fields ?? (isGoRecord(wrapper) ? wrapper : NOTHING);
  const said = ofPairs(record, pairs, wrapper, textOf(kata['msg']));
  const isConsole = fields === undefined && textOf(kata['component']).startsWith('guest-');
  return isConsole ? { ...said, source: 'vmconsole' } : said;
}

/** The record of one who wraps nothing, or of whom a wrapper is not told. */
function ofPairs(record: PrintedRecord, pairs: Texts, wrapper: Texts, msg: string): Said {
  const { kata } = record;
  // Fields of a journal are in capitals.
  const text = (name: string): string => pairs.get(name) ?? wrapper.get(name) ?? wrapper.get(name.toUpperCase()) ?? '';
  const written = text('level');
  const level = PLAIN_LEVEL.test(written) ? written : textOf(kata['level']) || written;
  const data = without(pairs, STANDARD);
  if (written !== '' && written !== level) data.push(['level', written]);
  return {
    data,
    level,
    msg,
    source: text('source'),
    name: text('name'),
    container: containerOf(pairs) || textOf(kata['container']),
    sandbox: pairs.get('sandbox') || textOf(kata['sandbox']),
    pid: pidOf(record, text('pid')),
  };
}

/** A record of the agent: the shim's around it gives the sandbox, and what the agent did not say. */
function ofAgent(record: PrintedRecord, fields: Texts, wrapper: Texts): Said {
  const { kata } = record;
  const text = (name: string): string => fields.get(name) ?? wrapper.get(name) ?? '';
  const level = text('level');
  return {
    data: without(fields, AGENT_STANDARD),
    level: LONG_LEVEL.get(level) ?? level,
    msg: textOf(kata['msg']),
    source: text('source'),
    name: text('name'),
    container: fields.get('container-id') || fields.get('cid') || containerOf(wrapper) || textOf(kata['container']),
    sandbox: wrapper.get('sandbox') || textOf(kata['sandbox']),
    pid: pidOf(record, text('pid')),
  };
}

/** A line of the console that is no record: the shim's record with that line as its message. */
function ofConsole(record: PrintedRecord, wrapper: Texts): Said {
  const msg = consoleLine(record);
  const said = ofPairs(record, wrapper, NOTHING, msg);
  return { ...said, source: 'vmconsole', data: [...said.data, ['vmconsole', msg]] };
}

/** The line as it was: a kernel's stamp is no part of the message that Katalog made of it. */
function consoleLine({ kata }: PrintedRecord): string {
  const msg = textOf(kata['msg']);
  const time = kata['kernel_time'];
  return typeof time === 'number' ? `[${time.toFixed(6).padStart(KERNEL_STAMP_CHARS)}] ${msg}` : msg;
}

/** The message of the wrapper of a record that could not be read. */
function wrappedText(record: PrintedRecord): string {
  const { kata, raw = '' } = record;
  return (kata['partial'] === true && scanLogfmt(raw).pairs.text('msg')) || consoleLine(record) || raw;
}

/** The container as named last: a request to the agent names its container in its text. */
function containerOf(pairs: Texts): string {
  let container = '';
  for (const [name, value] of pairs) {
    if (name === 'container') container = value;
    else if (name === 'req') container = REQUESTED_CONTAINER.exec(value)?.[1] ?? container;
  }
  return container;
}

function pidOf({ kata }: PrintedRecord, written: string): string {
  const [, sign, digits] = /^(?:\+|(-))?0*(\d+)$/.exec(written) ?? [];
  if (digits !== undefined) return `${sign ?? ''}${digits}`;
  const known = textOf(kata['pid']);
  return /^\d+$/.test(known) ? known : '0';
}

function without(pairs: Texts, names: ReadonlySet<string>): Pair[] {
  return [...pairs].filter(([name]) => !names.has(name));
}

/** A value of `kata` as text. */
export function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
