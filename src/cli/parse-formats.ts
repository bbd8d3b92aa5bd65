// The output forms of `katalog parse`, each written record by record.

import { printable } from '../core/problem.ts';
import { readInstant } from '../kata/instant.ts';
import { csvCell } from '../store/text-forms.ts';
import { ENTRY_FIELDS, Entries, type Entry, nanosBetween } from './parse-entry.ts';
import { type PrintedRecord, readPrinted } from './parse-printed.ts';
import { textOf } from './parse-said.ts';
import { VERSION } from './version.ts';

const FORMAT_VERSION = '0.0.2';

export const OUTPUT_FORMATS = ['text', 'json', 'ndjson', 'csv', 'logfmt', 'yaml', 'toml', 'xml'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** One output form: what stands in front, a piece for each record, what stands behind. Pieces end their lines themselves. */
interface Form {
  readonly head: string;
  record(record: PrintedRecord): string;
  readonly tail: string;
}

const HEADER = [
  '# Format: Kata Containers log entries',
  `# Program: katalog ${VERSION}`,
  `# Format version: ${FORMAT_VERSION}`,
  `# Fields: ${ENTRY_FIELDS.join(' ')}`,
  '',
].join('\n');

const FORMS: Readonly<Record<Exclude<OutputFormat, 'ndjson'>, (unwraps: boolean) => Form>> = {
  text: textForm,
  json: jsonForm,
  csv: csvForm,
  logfmt: logfmtForm,
  yaml: yamlForm,
  toml: tomlForm,
  xml: xmlForm,
};

/**
 * The lines of NDJSON in another form.
 * @param unwraps whether wrapped records were to be unwrapped
 */
export function* formatted(
  lines: Iterable<Buffer | string>,
  format: Exclude<OutputFormat, 'ndjson'>,
  unwraps: boolean,
): Generator<string> {
  const form = FORMS[format](unwraps);
  yield form.head;
  for (const line of lines) yield form.record(readPrinted(line.toString()));
  yield form.tail;
}

/** Makes a record of each line in every form, and throws it away: none may fail. */
export function tryForms(lines: Iterable<Buffer | string>, unwraps: boolean): void {
  const forms = Object.values(FORMS).map((make) => make(unwraps));
  for (const line of lines) {
    const record = readPrinted(line.toString());
    for (const form of forms) form.record(record);
  }
}

// ---- text: for people. Deltas are to the record before and to the one before of the same sandbox.

const SANDBOXES_MAX = 10_000;
const SHORT_ID = 12;

function textForm(): Form {
  const lastOf = new Map<string, string>();
  let last = '';
  return {
    head: HEADER,
    tail: '',
    record: ({ time, kata, raw }) => {
      const sandbox = textOf(kata['sandbox']);
      const deltas = `${delta(time, last)} ${delta(time, lastOf.get(sandbox) ?? '')}`;
      if (time !== '') last = time;
      if (time !== '' && (lastOf.size < SANDBOXES_MAX || lastOf.has(sandbox))) lastOf.set(sandbox, time);
      const level = textOf(kata['level']).padEnd(8);
      const component = textOf(kata['component']).padEnd(13);
      const marks = marksOf(kata);
      const message = textOf(kata['msg']) || (raw ?? '');
      return `${time.padEnd(30)} ${deltas} ${level} ${component} ${sandbox.slice(0, SHORT_ID).padEnd(SHORT_ID)} ${printable(message)}${marks}\n`;
    },
  };
}

function delta(time: string, before: string): string {
  const [a, b] = [readInstant(time), readInstant(before)];
  return (a && b ? `+${(Number(nanosBetween(a, b)) / 1e9).toFixed(6)}` : '+0.000000').padStart(12);
}

function marksOf(kata: PrintedRecord['kata']): string {
  const repairs = kata['repairs'];
  const words = [
    ...(Array.isArray(repairs) ? repairs : []),
    ...['partial', 'gap'].filter((name) => kata[name] === true),
    ...(typeof kata['error'] === 'string' ? [`error=${printable(kata['error'])}`] : []),
  ];
  return words.length === 0 ? '' : `  (${words.join(' ')})`;
}

// ---- json: kata-log-parser's

function jsonForm(unwraps: boolean): Form {
  const entries = new Entries(unwraps);
  return {
    head: `{"FormatVersion":"${FORMAT_VERSION}","Entries":[`,
    tail: '\n]}\n',
    record: (record) => {
      const entry = entries.next(record);
      const members = ENTRY_FIELDS.map((name) => `"${name}":${member(entry, name)}`);
      return `${entry.Count === 1 ? '' : ','}\n{${members.join(',')},"kata":${record.kataJson}}`;
    },
  };
}

function member(entry: Entry, name: keyof Entry): string {
  const value = entry[name];
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
}

// ---- csv

function csvForm(unwraps: boolean): Form {
  const entries = new Entries(unwraps);
  return {
    head: `${ENTRY_FIELDS.join(',')}\n`,
    tail: '',
    record: (record) => {
      const entry = entries.next(record);
      return `${ENTRY_FIELDS.map((name) => csvCell(cellText(entry[name]))).join(',')}\n`;
    },
  };
}

// ---- logfmt, as logrus writes it

function logfmtForm(): Form {
  return {
    head: '',
    tail: '',
    record: ({ time, kata, fields }) => {
      const base = { time: time || undefined, level: kata['level'], msg: kata['msg'] };
      const rest = { ...Object.fromEntries(fields ?? []), ...kata };
      const names = Object.keys(rest)
        .filter((name) => !(name in base))
        .toSorted();
      const pairs: [string, unknown][] = [
        ...Object.entries(base),
        ...names.map((name): [string, unknown] => [name, rest[name]]),
      ];
      const written = pairs
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => `${logfmtKey(name)}=${logfmtValue(textOf(value))}`);
      return `${written.join(' ')}\n`;
    },
  };
}

function logfmtKey(name: string): string {
  return name === '' ? '_' : name.replace(/[\s="\x00-\x1f\x7f-\x9f]/g, '_');
}

function logfmtValue(text: string): string {
  if (/^[A-Za-z0-9\-._/@^+]*$/.test(text)) return text;
  // Go has no escape for what JSON writes as \u007f and the like that JSON readers of logfmt would not know.
  return JSON.stringify(wellFormed(text)).replace(/[\x7f-\x9f]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
}

// ---- yaml, toml, xml: flat, every text quoted

function yamlForm(unwraps: boolean): Form {
  const entries = new Entries(unwraps);
  return {
    head: `${HEADER}formatversion: "${FORMAT_VERSION}"\nentries:\n`,
    tail: '',
    record: (record) => {
      const entry = entries.next(record);
      const data = Object.entries(entry.Data).map(([name, value]) => `${jsonText(name)}: ${jsonText(value)}`);
      const rest = ENTRY_FIELDS.slice(1).map((name) => `  ${name.toLowerCase()}: ${scalar(entry[name])}\n`);
      return `- data: {${data.join(', ')}}\n${rest.join('')}`;
    },
  };
}

function tomlForm(unwraps: boolean): Form {
  const entries = new Entries(unwraps);
  return {
    head: `${HEADER}FormatVersion = "${FORMAT_VERSION}"\n`,
    tail: '',
    record: (record) => {
      const entry = entries.next(record);
      const rest = ENTRY_FIELDS.slice(1).map((name) => `${name} = ${tomlScalar(entry[name])}\n`);
      const data = Object.entries(entry.Data).map(([name, value]) => `${jsonText(name)} = ${jsonText(value)}\n`);
      return `\n[[Entries]]\n${rest.join('')}[Entries.Data]\n${data.join('')}`;
    },
  };
}

function scalar(value: Entry[keyof Entry]): string {
  return isNumber(value) ? String(value) : jsonText(textOf(value));
}

function cellText(value: Entry[keyof Entry]): string {
  return isNumber(value) ? String(value) : textOf(value);
}

function isNumber(value: Entry[keyof Entry]): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

const INT64_MAX = 2n ** 63n - 1n;

/** TOML's integers have 64 bits: digits of more are a text. */
function tomlScalar(value: Entry[keyof Entry]): string {
  return typeof value === 'bigint' && value > INT64_MAX ? `"${value}"` : scalar(value);
}

/** A text as JSON, YAML and TOML all read it: lone surrogates and DEL have no place there. */
function jsonText(text: string): string {
  return JSON.stringify(wellFormed(text)).replace(
    /[\x7f-\x9f\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function xmlForm(unwraps: boolean): Form {
  const entries = new Entries(unwraps);
  return {
    head: `<?xml version="1.0" encoding="UTF-8"?>\n<LogEntries>\n<FormatVersion>${FORMAT_VERSION}</FormatVersion>\n`,
    tail: '</LogEntries>\n',
    record: (record) => {
      const entry = entries.next(record);
      const data = Object.entries(entry.Data).map(
        ([name, value]) => `<Field name="${xmlText(name)}">${xmlText(value)}</Field>`,
      );
      const rest = ENTRY_FIELDS.slice(1).map((name) => `<${name}>${xmlText(cellText(entry[name]))}</${name}>`);
      return `<Entries>${rest.join('')}<Data>${data.join('')}</Data></Entries>\n`;
    },
  };
}

const XML_ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML 1.0 has no place for control characters: they become U+FFFD. */
function xmlText(text: string): string {
  return wellFormed(text)
    .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"]/g, (char) => XML_ENTITIES[char] as string);
}

/** Without surrogates that have no partner, which no output but JSON has a place for. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}
