// Fluentd's v1 grammar: text to tree. The tree of a file with an error ends where the error stands.
import * as path from 'node:path';
import { EnvironmentError, failureText } from '../core/failure.ts';
import { type Outcome, type Place, type Problem, quoted } from '../core/problem.ts';
import { Cursor, isBlank, isLineBreak, SyntaxFault } from './cursor.ts';
import type { ReadContext } from './environment.ts';
import { readDoubleQuoted, readSingleQuoted, readText, readValue } from './literals.ts';
import type { Param, Section } from './tree.ts';

/** Keys with `@` that mean something anywhere. */
const RESERVED = new Set(['@type', '@id', '@label', '@log_level']);
/** Sections in which any other `@` key is an error; elsewhere it is a warning. */
const STRICT_SECTIONS = new Set(['ROOT', 'match', 'source', 'filter', 'system']);
/** Deepest include; deeper means that files include each other. */
const INCLUDE_DEPTH_MAX = 32;
/** Most files of one configuration: files that include each other twice would double with every level. */
const FILES_MAX = 1000;
/** Deepest section; no plugin nests more than four. */
const SECTION_DEPTH_MAX = 64;
/** Names of files that editors and people leave behind. */
const BACKUP = /(?:[._-](?:bak|backup|old|orig|save)\d*|~)\.(?:conf|ya?ml)$/i;

interface Draft {
  readonly name: string;
  readonly arg: string;
  readonly params: Param[];
  readonly sections: Section[];
  readonly place: Place;
}

/** Parses one file and what it includes. Every problem has a place. */
export function parseConfig(text: string, file: string, context: ReadContext): Outcome<Section> {
  const problems: Problem[] = [];
  const root: Draft = { name: 'ROOT', arg: '', params: [], sections: [], place: { file, line: 1, column: 1 } };
  new FileParser(text, file, { context, problems, files: 1 }, [path.resolve(file)]).parseInto(root);
  if (problems.some(({ severity }) => severity === 'error')) return { ok: false, problems };
  return { ok: true, value: root, problems };
}

/** What the files of one configuration share. */
interface Reading {
  readonly context: ReadContext;
  readonly problems: Problem[];
  /** How many were begun. */
  files: number;
}

class FileParser {
  readonly #cursor: Cursor;
  readonly #context: ReadContext;
  readonly #problems: Problem[];
  readonly #reading: Reading;
  /** Absolute paths of this file and of those that include it. */
  readonly #trail: readonly string[];

  #depth = 0;

  constructor(text: string, file: string, reading: Reading, trail: readonly string[]) {
    this.#cursor = new Cursor(text, file);
    this.#context = reading.context;
    this.#problems = reading.problems;
    this.#reading = reading;
    this.#trail = trail;
  }

  /** Reads the whole file as contents of `section`. */
  parseInto(section: Draft): void {
    try {
      this.#skipByteOrderMark();
      this.#contents(section, false);
    } catch (thrown) {
      if (!(thrown instanceof SyntaxFault)) throw thrown;
      this.#problems.push(thrown.problem);
    }
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

  #contents(section: Draft, inside: boolean): void {
    const cursor = this.#cursor;
    for (;;) {
      cursor.skipToContent();
      if (cursor.isAtEnd) {
        if (inside)
          cursor.fail(
            'config/unclosed-section',
            `expected </${section.name}> before the end of the file`,
            `the section begins at line ${section.place.line}`,
          );
        return;
      }
      if (cursor.char !== '<') this.#parameter(section);
      else if (cursor.text.charAt(cursor.at + 1) === '/') {
        if (!inside)
          cursor.fail('config/unmatched-end', `found ${quoted(cursor.restOfLine())}, but no section is open`);
        this.#closeTag(section);
        return;
      } else section.sections.push(this.#section());
    }
  }

  #section(): Section {
    const cursor = this.#cursor;
    const start = cursor.at;
    const place = cursor.place();
    cursor.at++;
    const name = cursor.take((char) => /\w/.test(char));
    if (name === '')
      cursor.fail(
        'config/section-name',
        `expected the name of a section after <, found ${quoted(cursor.restOfLine())}`,
      );
    if (!isBlank(cursor.char) && !cursor.isAtLineEnd && cursor.char !== '>') {
      cursor.fail(
        'config/section-name',
        `expected a blank or > after <${name}, found ${quoted(cursor.char)}`,
        'names of sections are made of letters, digits and _',
      );
    }
    const arg = this.#argument(name);
    cursor.expectLineEnd(`after <${name}>`);
    const section: Draft = { name, arg, params: [], sections: [], place };
    if (this.#depth >= SECTION_DEPTH_MAX) {
      const message = `expected sections to stand at most ${SECTION_DEPTH_MAX} deep in each other`;
      cursor.fail('config/too-deep', message, undefined, start);
    }
    this.#depth++;
    this.#contents(section, true);
    this.#depth--;
    return section;
  }

  #argument(name: string): string {
    const cursor = this.#cursor;
    cursor.skipBlanks();
    let arg = '';
    if (cursor.char === '"') {
      const value = readDoubleQuoted(cursor, this.#context.environment);
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

  #closeTag(section: Draft): void {
    const cursor = this.#cursor;
    const start = cursor.at;
    cursor.at += 2;
    const name = cursor.take((char) => /\w/.test(char));
    cursor.skipBlanks();
    if (name !== section.name || cursor.char !== '>') {
      cursor.fail(
        'config/unmatched-end',
        `expected </${section.name}>, found ${quoted(cursor.text.slice(start).split(/[\r\n]/, 1)[0] ?? '')}`,
        `the section <${section.name}> begins at line ${section.place.line}`,
        start,
      );
    }
    cursor.at++;
    cursor.expectLineEnd(`after </${name}>`);
  }

  #parameter(section: Draft): void {
    const cursor = this.#cursor;
    const place = cursor.place();
    const name = this.#key();
    if (name === '@include' || (name === 'include' && section.name === 'ROOT')) {
      if (name === 'include') {
        this.#problem('warning', 'config/old-style', 'include is the old spelling', place, 'write @include');
      }
      this.#include(section, place);
      return;
    }
    this.#checkReserved(name, section.name, place);
    cursor.skipBlanks();
    const valuePlace = cursor.place();
    const value = cursor.isAtLineEnd ? '' : readValue(cursor, this.#context.environment);
    section.params.push({ name, value, place, valuePlace });
  }

  #key(): string {
    const cursor = this.#cursor;
    if (cursor.char === '"') {
      const value = readDoubleQuoted(cursor, this.#context.environment);
      return typeof value === 'string' ? value : '';
    }
    if (cursor.char === "'") return readSingleQuoted(cursor);
    return cursor.take((char) => !isBlank(char) && !isLineBreak(char));
  }

  #checkReserved(name: string, section: string, place: Place): void {
    if (!name.startsWith('@') || RESERVED.has(name)) return;
    const severity = STRICT_SECTIONS.has(section) ? 'error' : 'warning';
    this.#problems.push({
      code: 'config/reserved-name',
      severity,
      message: `names that begin with @ are reserved, found ${quoted(name)}`,
      place,
      hint: 'known are @type, @id, @label, @log_level and @include',
    });
  }

  #include(section: Draft, place: Place): void {
    const cursor = this.#cursor;
    cursor.skipBlanks();
    const value = cursor.isAtLineEnd ? '' : readText(cursor, this.#context.environment);
    const target = typeof value === 'string' ? value : '';
    if (target === '') {
      this.#problem('error', 'config/include', '@include: expected the name of a file', place);
      return;
    }
    if (/^https?:\/\//.test(target)) {
      const message = `@include reads files only, found ${quoted(target)}`;
      this.#problem('error', 'config/include', message, place, 'fetch it to a file first');
      return;
    }
    const pattern = path.resolve(path.dirname(this.#cursor.file), target);
    const files = this.#context.glob(pattern);
    if (files.length === 0) {
      const message = `@include ${quoted(target)} finds no file`;
      this.#problem('warning', 'config/include', message, place, `looked for ${quoted(pattern)}`);
    }
    for (const file of files) {
      if (file !== pattern && BACKUP.test(file)) {
        const message = `@include ${quoted(target)} takes ${quoted(file)}, which looks like a backup`;
        this.#problem('warning', 'config/include', message, place);
      }
      this.#includeFile(section, file, place);
    }
  }

  #includeFile(section: Draft, file: string, place: Place): void {
    const refusal = this.#refusal(file);
    if (refusal !== undefined) {
      this.#problem('error', 'config/include', refusal, place);
      return;
    }
    const text = this.#textOf(file, place);
    if (text === undefined) return;
    this.#reading.files++;
    new FileParser(text, file, this.#reading, [...this.#trail, file]).parseInto(section);
  }

  #refusal(file: string): string | undefined {
    if (this.#trail.includes(file)) return `${quoted(file)} includes itself`;
    if (this.#trail.length >= INCLUDE_DEPTH_MAX) return `files include each other more than ${INCLUDE_DEPTH_MAX} deep`;
    if (this.#reading.files >= FILES_MAX) return `a configuration may have ${FILES_MAX} files`;
    return undefined;
  }

  /** A file that cannot be read is the mistake of the line that names it. */
  #textOf(file: string, place: Place): string | undefined {
    try {
      return this.#context.readFile(file);
    } catch (thrown) {
      if (!(thrown instanceof EnvironmentError)) throw thrown;
      this.#problem('error', 'config/include', failureText(thrown), place);
      return undefined;
    }
  }

  #problem(severity: Problem['severity'], code: string, message: string, place: Place, hint?: string): void {
    this.#problems.push({ code, severity, message, place, ...(hint !== undefined && { hint }) });
  }
}
