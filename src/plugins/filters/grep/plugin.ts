// Filter `grep`: keeps or drops records by the text of their fields.
import { type Definition, defineFilter } from '../../../config/define.ts';
import { type Numbered, numbered, regexp, sections, string } from '../../../config/settings.ts';
import type { Batch } from '../../../core/event.ts';
import type { Filter, Host } from '../../../core/plugin.ts';
import { type Problem, quoted } from '../../../core/problem.ts';
import { DROPPED, LIVE, W_STATUS } from '../../../core/tape.ts';
import { checkAccessor, FieldReader } from '../../shared/field-reader.ts';
import { checkPattern, Matcher } from '../../shared/matcher.ts';

const condition = {
  key: string({ required: true, doc: "Field: `name`, `$.a.b`, `$['a.b'][0]`. A missing one counts as empty text." }),
  pattern: regexp({ required: true, doc: 'Found in the text of the field.' }),
};
const conditions = {
  regexp: sections(condition, { doc: 'The pattern is found.' }),
  exclude: sections(condition, { doc: 'The pattern is found.' }),
};

const settings = {
  regexp: sections(condition, { doc: 'Keeps a record in which the pattern is found; several must all be found.' }),
  exclude: sections(condition, { doc: 'Drops a record in which the pattern is found; one of several is enough.' }),
  and: sections(conditions, { doc: 'A group whose conditions must all hold.' }),
  or: sections(conditions, { doc: 'A group of which one condition must hold.' }),
  regexpN: numbered({ doc: 'Old style of `<regexp>`: a field, a blank, a pattern.' }),
  excludeN: numbered({ doc: 'Old style of `<exclude>`.' }),
};

export const grepFilter: Definition<'filter', typeof settings> = defineFilter({
  type: 'grep',
  summary: 'Keeps or drops records by the text of their fields.',
  settings,
  check: (given) => checkGrep(given),
  create: (given, host) => new Grep(given, host),
});

interface Condition {
  readonly key: string;
  readonly pattern: string;
}

interface Group {
  readonly regexp: readonly Condition[];
  readonly exclude: readonly Condition[];
}

interface GrepSettings extends Group {
  readonly and: readonly Group[];
  readonly or: readonly Group[];
  readonly regexpN: readonly Numbered[];
  readonly excludeN: readonly Numbered[];
}

/** `FIELD PATTERN` */
function fromOld({ text }: Numbered): Condition {
  const [, key = '', pattern = ''] = /^(\S*)\s*(.*)$/s.exec(text) ?? [];
  return { key, pattern };
}

function checkGrep(given: GrepSettings): readonly Omit<Problem, 'place'>[] {
  const problems: Omit<Problem, 'place'>[] = [];
  const old = [...given.regexpN, ...given.excludeN];
  if (old.length > 0) {
    const hint = 'write <regexp> or <exclude> with key and pattern';
    problems.push({
      code: 'config/old-style',
      severity: 'warning',
      message: 'regexpN and excludeN are old style',
      hint,
    });
  }
  const groups = [...given.and, ...given.or];
  for (const group of groups) problems.push(...checkGroup(group));
  const all = [given, ...groups].flatMap(({ regexp: wanted, exclude }) => [...wanted, ...exclude]);
  for (const { key, pattern } of [...all, ...old.map(fromOld)]) {
    problems.push(...checkAccessor('key', key), ...checkPattern('pattern', pattern));
  }
  return problems;
}

function checkGroup({ regexp: wanted, exclude }: Group): readonly Omit<Problem, 'place'>[] {
  const error = (message: string): Omit<Problem, 'place'> => ({
    code: 'config/grep-group',
    severity: 'error',
    message,
  });
  const keys = [...wanted, ...exclude].map(({ key }) => key);
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  return [
    ...(wanted.length > 0 && exclude.length > 0 ? [error('a group holds either <regexp> or <exclude>')] : []),
    ...(keys.length === 0 ? [error('a group holds at least one <regexp> or <exclude>')] : []),
    ...(twice === undefined ? [] : [error(`the field ${quoted(twice)} stands twice in a group`)]),
  ];
}

class Grep implements Filter {
  readonly state = 'none';
  readonly #allFound: readonly Test[];
  readonly #oneFound: readonly Test[];
  readonly #notOneFound: readonly Test[];
  readonly #notAllFound: readonly Test[];

  constructor(given: GrepSettings, host: Host) {
    const tests = (conditions: readonly Condition[]): Test[] => conditions.map((one) => new Test(one, host));
    const wanted = (groups: readonly Group[]): Condition[] => groups.flatMap(({ regexp: own }) => own);
    const excluded = (groups: readonly Group[]): Condition[] => groups.flatMap(({ exclude }) => exclude);
    this.#allFound = tests([...given.regexp, ...given.regexpN.map(fromOld), ...wanted(given.and)]);
    this.#oneFound = tests(wanted(given.or));
    this.#notOneFound = tests([...given.exclude, ...given.excludeN.map(fromOld), ...excluded(given.or)]);
    this.#notAllFound = tests(excluded(given.and));
  }

  apply(batch: Batch): void {
    const { i32 } = batch.arena;
    const { tape } = batch;
    let kept = 0;
    for (let record = tape.start; record < tape.end; record += i32[record >> 2] as number) {
      if (i32[(record >> 2) + W_STATUS] !== LIVE) continue;
      if (this.#keeps(record)) kept++;
      else i32[(record >> 2) + W_STATUS] = DROPPED;
    }
    if (kept === 0) batch.tape = { start: tape.start, end: tape.start, count: 0 };
  }

  #keeps(record: number): boolean {
    for (const test of this.#allFound) if (!test.holds(record)) return false;
    for (const test of this.#notOneFound) if (test.holds(record)) return false;
    if (this.#oneFound.length > 0 && !this.#oneFound.some((test) => test.holds(record))) return false;
    return this.#notAllFound.length === 0 || !this.#notAllFound.every((test) => test.holds(record));
  }
}

class Test {
  readonly #reader: FieldReader;
  readonly #matcher: Matcher;
  /** Of a record without the field: its text is empty. */
  readonly #ofMissing: boolean;

  constructor({ key, pattern }: Condition, host: Host) {
    this.#reader = new FieldReader(key, host);
    this.#matcher = new Matcher(pattern, host);
    this.#ofMissing = this.#matcher.test('');
  }

  holds(record: number): boolean {
    return this.#reader.find(record) ? this.#matcher.testFound(this.#reader) : this.#ofMissing;
  }
}
