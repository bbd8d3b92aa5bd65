// Is what the sink got what the input says? Every record once, every value, ids, times to the nanosecond.
//
//   node bench/verify.js J1|L1|F5 INPUT DUMP
//
// A plain second opinion: it shares no code with the program it checks. INPUT may have up to 2 GiB, DUMP any size.
import * as fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';

const READ_BYTES = 1 << 22;
const MOST_EXAMPLES = 5;
const LINE_FEED = 10;
const PREFIX = 'kata_';
const INDEX = 'kata';
const MAX_ID_BYTES = 512;

const PAIR = /([^\s="]+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))/g;
const ESCAPE = /\\(?:x([0-9a-f]{2})|(.))/g;
const LETTERS = { n: '\n', r: '\r', t: '\t' };

/** @returns Map of key → {text, isBare} */
function parseLogfmt(line) {
  const pairs = new Map();
  for (const [, key, quoted, bare] of line.matchAll(PAIR)) {
    const text = bare ?? quoted.replace(ESCAPE, (_, hex, letter) => unescaped(hex, letter));
    pairs.set(key, { text, isBare: bare !== undefined });
  }
  return pairs;
}

function unescaped(hex, letter) {
  return hex ? String.fromCharCode(Number.parseInt(hex, 16)) : (LETTERS[letter] ?? letter);
}

/** What differs per kind of input: how a line is read, its time, and when a value in a document is right. */
const KINDS = {
  json: {
    parse: (line) => new Map(Object.entries(JSON.parse(line))),
    time: (value) => value,
    isRight: (value, got) => value === got || (typeof value === 'object' && isDeepStrictEqual(value, got)),
  },
  logfmt: {
    parse: parseLogfmt,
    time: (value) => value.text,
    // A bare 7 or true may have become a number or a word of JSON; what stood in quotes stays text.
    isRight: ({ text, isBare }, got) => got === text || (isBare && typeof got !== 'string' && String(got) === text),
  },
};

const DROPPED_SUBSYSTEMS = new Set(['qmp', 'cgroups']);
const UNCHANGED = { keeps: () => true, renamed: {}, removed: [], added: () => ({}) };

/** What a job makes of a record beside the prefix: which it keeps, and which fields it renames, removes and adds. */
const JOBS = {
  J1: { kind: 'json', ...UNCHANGED },
  L1: { kind: 'logfmt', ...UNCHANGED },
  F5: {
    kind: 'json',
    keeps: (pairs) => !DROPPED_SUBSYSTEMS.has(pairs.get('subsystem')),
    renamed: { source: 'origin' },
    removed: ['arch'],
    added: (file) => ({ cluster: 'kata-bench', path: file }),
  },
};

/** Lines of a file without their line feed, read piece by piece; a last line without line feed counts. */
function* linesOf(file) {
  const fd = fs.openSync(file);
  const piece = Buffer.allocUnsafe(READ_BYTES);
  let rest = Buffer.alloc(0);
  try {
    for (let got = fs.readSync(fd, piece); got > 0; got = fs.readSync(fd, piece)) {
      const bytes = Buffer.concat([rest, piece.subarray(0, got)]);
      let start = 0;
      for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
        yield bytes.toString('utf8', start, end);
        start = end + 1;
      }
      rest = bytes.subarray(start);
    }
  } finally {
    fs.closeSync(fd);
  }
  if (rest.length > 0) yield rest.toString('utf8');
}

/** The records of the input that a job keeps, found by time. */
class Input {
  #bytes;
  #job;
  #lines = new Map();
  /** What every document has beside its record: [name, value] pairs. */
  added;

  constructor(file, job) {
    this.added = Object.entries(job.added(file));
    this.#bytes = fs.readFileSync(file);
    this.#job = job;
    for (let start = 0; start < this.#bytes.length; ) {
      const found = this.#bytes.indexOf(LINE_FEED, start);
      const end = found < 0 ? this.#bytes.length : found;
      this.#add(start, end);
      start = end + 1;
    }
  }

  get count() {
    return this.#lines.size;
  }

  #add(start, end) {
    const kind = KINDS[this.#job.kind];
    const pairs = kind.parse(this.#bytes.toString('utf8', start, end));
    if (!this.#job.keeps(pairs)) return;
    const time = kind.time(pairs.get('time'));
    if (this.#lines.has(time)) throw new Error(`input has two records of ${time}: cannot tell them apart`);
    this.#lines.set(time, { start, end, isSeen: false });
  }

  /** The line of that time, marked as seen; `isSeen` tells whether it was before. */
  take(time) {
    const line = this.#lines.get(time);
    if (!line) return undefined;
    const { start, end, isSeen } = line;
    line.isSeen = true;
    return { text: this.#bytes.toString('utf8', start, end), isSeen };
  }

  missing() {
    return [...this.#lines].filter(([, line]) => !line.isSeen).map(([time]) => time);
  }
}

function isTimestamp(got, time) {
  const found = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{9})(Z|[+-]\d\d:\d\d)$/.exec(String(got));
  const [, second, fraction = ''] = /^([^.]+?)(?:\.(\d+))?Z$/.exec(time);
  return Boolean(
    found && found[2] === fraction.padEnd(9, '0') && Date.parse(found[1] + found[3]) === Date.parse(`${second}Z`),
  );
}

/** @returns what is wrong with an action line, or undefined; remembers its id in `ids`. */
function actionFault(line, ids) {
  const action = JSON.parse(line);
  const [verb, ...more] = Object.keys(action);
  if ((verb !== 'create' && verb !== 'index') || more.length > 0) return 'action is neither create nor index';
  const { _index, _id } = action[verb];
  if (_index !== INDEX) return 'wrong _index';
  if (typeof _id !== 'string' || _id === '' || Buffer.byteLength(_id) > MAX_ID_BYTES) return 'no usable _id';
  if (ids.has(_id)) return 'an _id twice';
  ids.add(_id);
  return undefined;
}

/** @returns what is wrong with what a document has beside its record's fields, or undefined. */
function extrasFault(document, added, fields) {
  for (const [name, value] of added) if (document[name] !== value) return `${name} is wrong`;
  if (Object.keys(document).length !== fields + added.length + 1) return 'more fields than the record has';
  return undefined;
}

/** @returns what is wrong with a document, or undefined. */
function documentFault(line, input, job) {
  const kind = KINDS[job.kind];
  const document = JSON.parse(line);
  const time = document[`${PREFIX}time`];
  const source = input.take(time);
  if (!source) return 'a document without a record';
  if (source.isSeen) return 'a record twice';
  const wanted = kind.parse(source.text);
  for (const key of job.removed) wanted.delete(key);
  for (const [key, value] of wanted) {
    const name = job.renamed[key] ?? PREFIX + key;
    if (!Object.hasOwn(document, name)) return `${name} is missing`;
    if (!kind.isRight(value, document[name])) return `${name} is wrong`;
  }
  if (!isTimestamp(document['@timestamp'], time)) return '@timestamp is wrong';
  const extra = extrasFault(document, input.added, wanted.size);
  if (extra) return extra;
  // JSON.parse rounds long numbers on both sides: compare their digits as they were written.
  const digits = source.text.match(/\d{17,}/g) ?? [];
  return digits.every((run) => line.includes(run)) ? undefined : 'digits of a long number changed';
}

function orNotJson(check) {
  try {
    return check();
  } catch (error) {
    if (error instanceof SyntaxError) return 'not JSON';
    throw error;
  }
}

/**
 * Compares a dump of bulk bodies with the input.
 * @param jobName `J1`, `L1` or `F5`
 * @returns {ok, records (that the job keeps), documents, faults: {[what]: count}, examples: text[]}; `ok` when there are no faults.
 */
export function verify(jobName, inputFile, dumpFile) {
  const job = JOBS[jobName];
  if (!job) throw new Error(`not a job: ${jobName} (${Object.keys(JOBS).join(', ')})`);
  const input = new Input(inputFile, job);
  const report = { ok: false, records: input.count, documents: 0, faults: {}, examples: [] };
  const count = (fault, example) => {
    if (!fault) return;
    report.faults[fault] = (report.faults[fault] ?? 0) + 1;
    if (report.examples.length < MOST_EXAMPLES)
      report.examples.push(`${fault}: ${JSON.stringify(example.slice(0, 400))}`);
  };
  const ids = new Set();
  let isAction = true;
  for (const line of linesOf(dumpFile)) {
    if (isAction)
      count(
        orNotJson(() => actionFault(line, ids)),
        line,
      );
    else {
      report.documents += 1;
      count(
        orNotJson(() => documentFault(line, input, job)),
        line,
      );
    }
    isAction = !isAction;
  }
  for (const time of input.missing()) count('a record is missing', time);
  report.ok = Object.keys(report.faults).length === 0 && isAction;
  return report;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [job, input, dump] = process.argv.slice(2);
  if (!dump) throw new Error('usage: node bench/verify.js J1|L1|F5 INPUT DUMP');
  const report = verify(job, input, dump);
  console.log(JSON.stringify(report, null, 2));
  process.exitCode = report.ok ? 0 : 1;
}
