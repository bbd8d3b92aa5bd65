// Compares what `katalog parse -o ndjson` made of a salvage folder with its truth.ndjson; the rules are in samples/README.md.

const VALUES = ['component', 'level', 'msg', 'time', 'guest_time', 'sandbox', 'container'];
/** Of a handled record, in percent; no table of the specification promises more for these three. */
const LEAST_PERCENT = { C1: 95, C2: 95, C6: 95 };
const LEAST_PERCENT_ELSE = 99;
const EXAMPLES_PER_SHAPE = 200;

/** `null` is not asserted; a list means any of these, `null` in it "may be absent". */
function isRight(expected, found) {
  if (expected === null || expected === undefined) return true;
  return Array.isArray(expected) ? expected.includes(found ?? null) : expected === found;
}

const readValue = (record, name) => record.kata[name] ?? (name === 'time' ? record['@timestamp'] : undefined);
const wrongValues = (truth, record) => VALUES.filter((name) => !isRight(truth[name], readValue(record, name)));
const isMarked = (record) => record.kata.partial === true || Boolean(record.kata.gap);

/** The lines a true record stands in: `places` where it has more than one, else `file`, `line_first`, `line_last`. */
function placesOf(truth) {
  if (truth.places) return truth.places;
  if (!Array.isArray(truth.file)) return [truth];
  const at = (list, index) => (Array.isArray(list) ? list[index] : list);
  return truth.file.map((file, index) => ({
    file,
    line_first: at(truth.line_first, index),
    line_last: at(truth.line_last, index),
  }));
}

class Row {
  expected = 0;
  handled = 0;
  invented = 0;
  changed = 0;
  wrong = 0;
  examples = [];

  get percent() {
    return this.expected === 0 ? 100 : (100 * this.handled) / this.expected;
  }

  fail(example) {
    if (this.examples.length < EXAMPLES_PER_SHAPE) this.examples.push(example);
  }
}

export class Score {
  /** Shape (`none` for undamaged records) to its row. */
  rows = new Map();
  #byPlace = new Map();
  #truths = [];
  /** Outputs that are no true record at their place in every value. */
  #leftOver = [];

  addTruth(truth) {
    const entry = { truth, record: undefined };
    this.#truths.push(entry);
    this.#row(truth).expected += truth.must === 'any' ? 0 : 1;
    for (const { file, line_first, line_last } of placesOf(truth)) {
      for (let line = line_first; line <= line_last; line++) this.#entriesAt(file, line, true).push(entry);
    }
  }

  /** @param record one line of the output; @param file `source.path` as truth.ndjson names it */
  addRecord(record, file) {
    const entries = this.#entriesAt(file, record.source.line, false);
    const best = entries.find(
      ({ truth, record: taken }) => !taken && truth.msg !== null && wrongValues(truth, record).length === 0,
    );
    if (best) best.record = record;
    else this.#leftOver.push({ record, entries, file });
  }

  /** To be called once, behind the last record. @returns the rows in the order of their shapes */
  finish() {
    const unlike = this.#leftOver.filter(({ record, entries }) => {
      const best = bestOf(
        entries.filter((entry) => hasText(entry, record)),
        record,
      );
      if (best) best.record = record;
      return !best;
    });
    for (const { record, entries, file } of unlike) {
      const free = entries.filter(({ record: taken, truth }) => !taken && truth.must !== 'drop');
      const best = bestOf(free, record);
      if (best) best.record = record;
      else this.#spare(record, entries, file);
    }
    for (const entry of this.#truths) this.#judge(entry);
    return [...this.rows].sort(([one], [other]) => one.localeCompare(other, 'en', { numeric: true }));
  }

  #entriesAt(file, line, makes) {
    const lines = this.#byPlace.get(file) ?? new Map();
    const entries = lines.get(line) ?? [];
    if (makes) {
      lines.set(line, entries);
      this.#byPlace.set(file, lines);
    }
    return entries;
  }

  #row(truth) {
    const name = truth?.shape ?? 'none';
    const row = this.rows.get(name) ?? new Row();
    this.rows.set(name, row);
    return row;
  }

  /** A record too many: right for a gap, for text that is no record, and for a marked piece of a damaged one; else invented. */
  #spare(record, entries, file) {
    const damaged = entries.find(({ truth }) => truth.shape !== null && truth.must !== 'drop');
    if (record.kata.gap || entries.some(({ truth }) => truth.must === 'any')) return;
    if (damaged && isMarked(record)) return;
    const row = this.#row(damaged?.truth ?? entries[0]?.truth);
    row.invented++;
    row.fail({ what: 'invented', file, record, truth: entries[0]?.truth });
  }

  #judge({ truth, record }) {
    if (truth.must === 'any') return;
    const row = this.#row(truth);
    const wrong = record ? wrongValues(truth, record) : [];
    // Of a record that is marked as a piece the text may be cut; any other value that is there must be right.
    const untrue = wrong.filter(
      (name) => readValue(record, name) !== undefined && !(name === 'msg' && isMarked(record)),
    );
    if (truth.must === 'exact' && wrong.length > 0) row.changed++;
    if (truth.must !== 'flag') row.wrong += untrue.length;
    if (isHandled(truth, record, wrong)) row.handled++;
    else row.fail({ what: record ? `not right: ${wrong.join(', ') || 'mark'}` : 'missing', truth, record });
  }
}

/** Whether the text of a true record that nobody has taken is the record's. */
const hasText = ({ truth, record: taken }, record) =>
  !taken && truth.msg !== null && isRight(truth.msg, readValue(record, 'msg'));

function bestOf(entries, record) {
  let best;
  let least = Number.POSITIVE_INFINITY;
  for (const entry of entries) {
    const count = wrongValues(entry.truth, record).length;
    if (count >= least) continue;
    least = count;
    best = entry;
  }
  return best;
}

function isHandled(truth, record, wrong) {
  if (truth.must === 'drop') return record === undefined;
  if (record === undefined) return false;
  const named = record.kata.repairs?.includes(truth.shape) ?? false;
  if (truth.must === 'flag') return (named || isMarked(record)) && record.raw !== undefined;
  if (wrong.length > 0) return false;
  return truth.must === 'exact' || named;
}

/** Whether a row keeps the promise for its shape. */
export function isKept(name, row) {
  const least = LEAST_PERCENT[name] ?? LEAST_PERCENT_ELSE;
  const enough = name === 'none' ? row.handled === row.expected : row.percent >= least;
  return enough && row.invented === 0 && row.changed === 0 && row.wrong === 0;
}
