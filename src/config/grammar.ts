// Fluentd's v1 grammar: text to tree. A mistake ends the value or the tag in which it stands, not the reading: all
// mistakes of a file are found at once.
import * as path from 'node:path';
import { type Place, type Problem, quoted } from '../core/problem.ts';
import { Cursor, isBlank, isLineBreak, SyntaxFault } from './cursor.ts';
import type { ReadContext } from './environment.ts';
import { includedFiles, type Reading } from './include.ts';
import { readDoubleQuoted, readSingleQuoted, readText, readValue } from './literals.ts';
import { type Param, type ParamValue, paramText, type Section, UNREADABLE } from './tree.ts';

/** Keys with `@` that mean something anywhere. */
const RESERVED = new Set(['@type', '@id', '@label', '@log_level']);
/** Sections in which any other `@` key is an error; elsewhere it is a warning. */
const STRICT_SECTIONS = new Set(['ROOT', 'match', 'source', 'filter', 'system']);
/** Deepest section; no plugin nests more than four. */
const SECTION_DEPTH_MAX = 64;
/** Mistakes reported of one file; a file with more is none of ours. */
const FAULTS_MAX = 50;
/** Sections that stand at the top, or in a label or worker. */
const TOP_SECTIONS = new Set(['source', 'match', 'filter', 'label', 'system', 'worker']);

/** A tree, and everything that is wrong with its text; a tree with errors has gaps. */
export interface ParsedConfig {
  readonly tree: Section;
  readonly problems: readonly Problem[];
}

interface Draft {
  readonly name: string;
  readonly arg: string;
  readonly params: Param[];
  readonly sections: Section[];
  readonly place: Place;
}

/** Parses one file and what it includes. Every problem has a place. */
export function parseConfig(text: string, file: string, context: ReadContext): ParsedConfig {
  const reading: Reading = { context, problems: [], begun: [path.resolve(file)] };
  const root: Draft = { name: 'ROOT', arg: '', params: [], sections: [], place: { file, line: 1, column: 1 } };
  new FileParser(text, file, reading, [path.resolve(file)]).parseInto(root);
  includeDirectory(root, file, reading);
  return { tree: root, problems: reading.problems };
}

/** After the file itself, Fluentd takes the files of `config_include_dir` that were not included already. */
function includeDirectory(root: Draft, file: string, reading: Reading): void {
  const system = root.sections.find(({ name }) => name === 'system');
  const directory = system && paramText(system, 'config_include_dir');
  if (!system || !directory) return;
  const { glob } = reading.context;
  const names = glob(path.join(path.resolve(path.dirname(file), directory), '*.conf'));
  for (const name of names.filter((each) => !reading.begun.includes(each))) {
    for (const included of includedFiles(name, '/', system.place, [path.resolve(file)], reading)) {
      new FileParser(included.text, included.file, reading, [path.resolve(file), included.file]).parseInto(root);
    }
  }
}

/** How the contents of a section ended. */
type Ending = 'closed' | 'end-of-file' | 'closed-by-outer';

class FileParser {
  readonly #cursor: Cursor;
  readonly #reading: Reading;
  /** Absolute paths of this file and of those that include it. */
  readonly #trail: readonly string[];
  /** Names of the open sections, outermost first. */
  readonly #open: string[] = [];
  #faults = 0;
  #saidUnclosed = false;
  /** Sections whose name cannot be read: read to their end, and left out of the tree. */
  readonly #nameless = new Set<Draft>();

  constructor(text: string, file: string, reading: Reading, trail: readonly string[]) {
    this.#cursor = new Cursor(text, file);
    this.#reading = reading;
    this.#trail = trail;
  }

  /** Reads the whole file as contents of `section`. */
  parseInto(section: Draft): void {
    this.#skipByteOrderMark();
    this.#contents(section);
  }

  /** Reports a mistake; the reading goes on behind its line, or ends where there are too many. */
  #recover(thrown: unknown): void {
    if (!(thrown instanceof SyntaxFault)) throw thrown;
    this.#reading.problems.push(thrown.problem);
    this.#cursor.skipLine(thrown.at);
    if (++this.#faults < FAULTS_MAX && thrown.problem.code !== 'config/too-deep') return;
    this.#saidUnclosed = true;
    this.#cursor.at = this.#cursor.text.length;
  }

  #skipByteOrderMark(): void {
    if (this.#cursor.char !== '\ufeff') return;
    this.#problem(
      'warning',
      'config/byte-order-mark',
      'the file begins with a byte order mark, which is passed over',
      this.#cursor.place(),
      'Fluentd takes it as part of the first word; save the file as UTF-8 without it',
    );
    this.#cursor.at++;
  }

  #contents(section: Draft): Ending {
    const cursor = this.#cursor;
    for (;;) {
      cursor.skipToContent();
      if (cursor.isAtEnd) return 'end-of-file';
      if (cursor.char !== '<') this.#parameter(section);
      else if (cursor.text.charAt(cursor.at + 1) === '/') {
        const ending = this.#closeTag(section);
        if (ending) return ending;
      } else if (this.#section(section) === 'end-of-file') return 'end-of-file';
    }
  }

  #section(parent: Draft): Ending {
    const section = this.#openTag();
    this.#open.push(section.name);
    const ending = this.#contents(section);
    this.#open.pop();
    if (this.#nameless.has(section)) parent.params.push(lostPart(section.place));
    else parent.sections.push(section);
    if (ending === 'end-of-file') this.#unclosed(section);
    return ending;
  }

  #openTag(): Draft {
    const cursor = this.#cursor;
    const start = cursor.at;
    // As far as it can be told where the tag turns out to be broken.
    const [name = '', arg = ''] = /^<[ \t]*([^\s>]*)[ \t]*([^>]*)/.exec(cursor.restOfLine())?.slice(1) ?? [];
    const section: { -readonly [K in keyof Draft]: Draft[K] } = {
      name,
      arg: arg.trimEnd(),
      params: [],
      sections: [],
      place: cursor.place(),
    };
    this.#nameless.add(section);
    try {
      section.name = this.#sectionName();
      this.#nameless.delete(section);
      section.arg = this.#argument(section.name);
      if (this.#open.length >= SECTION_DEPTH_MAX) {
        const message = `expected sections to stand at most ${SECTION_DEPTH_MAX} deep in each other`;
        cursor.fail('config/too-deep', message, undefined, start);
      }
      cursor.expectLineEnd(`after <${section.name}>`);
    } catch (thrown) {
      this.#recover(thrown);
    }
    return section;
  }

  #sectionName(): string {
    const cursor = this.#cursor;
    cursor.at++;
    const name = cursor.take((char) => /\w/.test(char));
    if (name === '') {
      const message = `expected the name of a section after <, found ${quoted(cursor.restOfLine())}`;
      cursor.fail('config/section-name', message);
    }
    if (!isBlank(cursor.char) && !cursor.isAtLineEnd && cursor.char !== '>') {
      cursor.fail(
        'config/section-name',
        `expected a blank or > after <${name}, found ${quoted(cursor.char)}`,
        'names of sections are made of letters, digits and _',
      );
    }
    return name;
  }

  /** Only the innermost section is named: the others may be closed once it is. */
  #unclosed(section: Draft): void {
    if (this.#saidUnclosed) return;
    this.#saidUnclosed = true;
    const inner = TOP_SECTIONS.has(section.name) && section.sections.find(({ name }) => TOP_SECTIONS.has(name));
    const place = this.#cursor.place();
    const suspect = inner && !['label', 'worker'].includes(section.name) ? inner : undefined;
    this.#problem(
      'error',
      'config/unclosed-section',
      `expected </${section.name}> before the end of the file`,
      place,
      `the section begins at line ${section.place.line}` +
        (suspect ? `; is </${section.name}> missing before <${suspect.name}> at line ${suspect.place.line}?` : ''),
    );
  }

  #argument(name: string): string {
    const cursor = this.#cursor;
    cursor.skipBlanks();
    let arg = '';
    if (cursor.char === '"') {
      const value = readDoubleQuoted(cursor, this.#reading.context.environment);
      arg = typeof value === 'string' ? value : '';
    } else if (cursor.char === "'") arg = readSingleQuoted(cursor);
    else arg = this.#bareArgument();
    const end = cursor.at;
    cursor.skipToContent();
    if (cursor.char !== '>') cursor.at = end;
    if (cursor.char !== '>')
      cursor.fail('config/unclosed-tag', `expected > at the end of <${name}, found ${quoted(cursor.restOfLine())}`);
    cursor.at++;
    return arg;
  }

  /** To the first `>` on the line; a comment counts as one only where the lines below it begin with the `>`. */
  #bareArgument(): string {
    const cursor = this.#cursor;
    const start = cursor.at;
    cursor.take((char) => !isLineBreak(char));
    const lineEnd = cursor.at;
    cursor.skipToContent();
    const closesBelow = cursor.char === '>';
    cursor.at = start;
    while (cursor.at < lineEnd && cursor.char !== '>') {
      const isComment = cursor.char === '#' && (cursor.at === start || isBlank(cursor.text.charAt(cursor.at - 1)));
      if (isComment && (closesBelow || cursor.at === start)) break;
      cursor.at++;
    }
    return cursor.text.slice(start, cursor.at).replace(/[ \t]+$/, '');
  }

  /** Undefined where the tag closes nothing. A tag that closes an outer section is left for that one to read. */
  #closeTag(section: Draft): Ending | undefined {
    const cursor = this.#cursor;
    const start = cursor.at;
    const tag = /^<\/([ \t]*)([^\s>]*)[ \t]*(>?)/.exec(cursor.restOfLine());
    const [blanks = '', written = '', end = ''] = tag?.slice(1) ?? [];
    const isOutermost = this.#open.length === 0;
    const closesOuter = written !== section.name && this.#open.includes(written);
    try {
      if (isOutermost) {
        cursor.fail('config/unmatched-end', `found ${quoted(cursor.restOfLine())}, but no section is open`);
      }
      // Where the name could not be read, whatever closes no other section closes this one.
      const isRight = this.#nameless.has(section) ? !closesOuter : written === section.name && blanks === '';
      const isClosed = isRight && end === '>';
      if (!isClosed) {
        const message = `expected </${section.name}>, found ${quoted(cursor.restOfLine())}`;
        const hint = `the section <${section.name}> begins at line ${section.place.line}`;
        cursor.fail('config/unmatched-end', message, hint);
      }
      cursor.at = cursor.text.indexOf('>', start) + 1;
      cursor.expectLineEnd(`after </${written}>`);
    } catch (thrown) {
      this.#recover(thrown);
      if (!closesOuter) return isOutermost ? undefined : 'closed';
      cursor.at = start;
      return 'closed-by-outer';
    }
    return 'closed';
  }

  #parameter(section: Draft): void {
    const cursor = this.#cursor;
    const place = cursor.place();
    let [name, value, valuePlace, valueAt]: [string, ParamValue, Place, number] = ['', UNREADABLE, place, 0];
    try {
      name = this.#key();
      const isInclude = name === '@include' || (name === 'include' && section.name === 'ROOT');
      cursor.skipBlanks();
      valuePlace = cursor.place();
      valueAt = cursor.at;
      const read = isInclude ? readText : readValue;
      value = cursor.isAtLineEnd ? '' : read(cursor, this.#reading.context.environment);
      if (isInclude) {
        this.#include(section, name, value, place);
        return;
      }
    } catch (thrown) {
      this.#recover(thrown);
    }
    this.#checkReserved(name, section.name, place);
    const written = cursor.text.slice(valueAt, cursor.at);
    const expression = /^["[{]/.test(written) && written.includes('#{') ? { expression: written.trimEnd() } : {};
    section.params.push({ name, value, ...expression, place, valuePlace });
  }

  #key(): string {
    const cursor = this.#cursor;
    if (cursor.char === '"') {
      const value = readDoubleQuoted(cursor, this.#reading.context.environment);
      return typeof value === 'string' ? value : '';
    }
    if (cursor.char === "'") return readSingleQuoted(cursor);
    return cursor.take((char) => !isBlank(char) && !isLineBreak(char));
  }

  #checkReserved(name: string, section: string, place: Place): void {
    if (!name.startsWith('@') || RESERVED.has(name)) return;
    const severity = STRICT_SECTIONS.has(section) ? 'error' : 'warning';
    this.#reading.problems.push({
      code: 'config/reserved-name',
      severity,
      message: `names that begin with @ are reserved, found ${quoted(name)}`,
      place,
      hint: 'known are @type, @id, @label, @log_level and @include',
    });
  }

  #include(section: Draft, name: string, value: ParamValue, place: Place): void {
    if (name === 'include') {
      this.#problem('warning', 'config/old-style', 'include is the old spelling', place, 'write @include');
    }
    const target = typeof value === 'string' ? value : '';
    const from = path.dirname(this.#cursor.file);
    for (const { file, text } of includedFiles(target, from, place, this.#trail, this.#reading)) {
      new FileParser(text, file, this.#reading, [...this.#trail, file]).parseInto(section);
    }
  }

  #problem(severity: Problem['severity'], code: string, message: string, place: Place, hint?: string): void {
    this.#reading.problems.push({ code, severity, message, place, ...(hint !== undefined && { hint }) });
  }
}

function lostPart(place: Place): Param {
  return { name: '', value: UNREADABLE, place, valuePlace: place };
}
