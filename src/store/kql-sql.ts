// KQL tree → SQL condition. Means the same as formats/kql/predicate, which is its oracle. What stands in the query comes
// into the SQL through `literal` only; as a parameter it would have the whole statement planned twice.
import { fieldsOf, isLevelField, isTextField, levelOf, spellingsOf, TEXT_FIELDS } from '../formats/kql/fields.ts';
import { levelsIn, numberOf, numericBounds } from '../formats/kql/predicate.ts';
import type { Match, Query, RangeMatch, TextMatch } from '../formats/kql/query.ts';
import { timeBound } from '../formats/kql/time-bound.ts';
import { WORD_CLASS, wordPatterns } from '../formats/kql/words.ts';
import { literal } from './duck.ts';
import { coalesced, type FieldSql, type Relation, scalarOf } from './relation.ts';

/** A number as JSON or logfmt writes it: DuckDB itself takes more for one. */
const NUMBER_PATTERN = '-?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?';

/** A condition on one text expression. */
type Test = (text: string) => string;

export class KqlSql {
  readonly #relation: Relation;

  constructor(relation: Relation) {
    this.#relation = relation;
  }

  /** The condition of a query; NULL counts as false. */
  condition(query: Query): string {
    switch (query.kind) {
      case 'all':
        return 'true';
      case 'and':
      case 'or':
        return `(${query.parts.map((part) => this.condition(part)).join(query.kind === 'and' ? ' AND ' : ' OR ')})`;
      case 'not':
        return `NOT coalesce(${this.condition(query.part)}, false)`;
      case 'anywhere':
        return this.#anywhere(query.match);
      case 'field':
        return query.field === '@timestamp' ? this.#time(query.match) : this.#field(query.field, query.match);
    }
  }

  #anywhere(match: TextMatch): string {
    const tests = TEXT_FIELDS.map((name) => this.#relation.field(name))
      .filter((field) => Object.keys(field).length > 0)
      .map((field) => this.#onField(field, this.#words(match)));
    return tests.length === 0 ? 'false' : `(${tests.join(' OR ')})`;
  }

  #field(name: string, match: Match): string {
    if (name === '_index') return this.#one(name, { string: '_i' }, match);
    const fields = fieldsOf(name).map((own) => ({ own, sql: this.#relation.field(own) }));
    const present = fields.filter(({ sql }) => Object.keys(sql).length > 0);
    if (present.length === 0) return 'false';
    const tests = present.map(({ own, sql }) => this.#one(own, sql, match));
    if (tests.length === 1) return tests[0] as string;
    // The first field that a record has counts.
    const cases = present.slice(0, -1).map(({ sql }, i) => `WHEN ${exists(sql)} THEN ${tests[i]}`);
    return `(CASE ${cases.join(' ')} ELSE ${tests.at(-1)} END)`;
  }

  #one(name: string, sql: FieldSql, match: Match): string {
    switch (match.kind) {
      case 'exists':
        return exists(sql);
      case 'range':
        return this.#range(name, sql, match);
      case 'text':
        if (isTextField(name)) return this.#onField(sql, this.#words(match));
        return this.#onField(sql, isLevelField(name) ? this.#level(match) : this.#whole(match));
    }
  }

  /** The test on the field's own value, or on an element of its list. */
  #onField(sql: FieldSql, test: Test): string {
    const parts: string[] = [];
    const scalar = [sql.string, sql.number, sql.boolean].filter((part) => part !== undefined);
    if (scalar.length > 0) parts.push(test(coalesced(scalar)));
    if (sql.json !== undefined) parts.push(onElements(sql.json, test));
    return parts.length === 1 ? (parts[0] as string) : `(${parts.join(' OR ')})`;
  }

  #whole({ pieces }: TextMatch): Test {
    if (pieces.length === 1) {
      const value = literal(pieces[0] as string);
      return (text) => `${text} = ${value}`;
    }
    const [first, middle, last] = pieces;
    if (pieces.length === 3 && first === '' && last === '')
      return (text) => `contains(${text}, ${literal(middle ?? '')})`;
    const pattern = literal(pieces.map((piece) => piece.replace(/[\\%_]/g, '\\$&')).join('%'));
    return (text) => `${text} LIKE ${pattern} ESCAPE '\\'`;
  }

  #level(match: TextMatch): Test {
    const level = match.pieces.length === 1 ? levelOf(match.pieces[0] as string) : undefined;
    return level === undefined ? this.#whole(match) : this.#levels([level]);
  }

  #levels(levels: readonly string[]): Test {
    if (levels.length === 0) return () => 'false';
    const list = levels.flatMap(spellingsOf).map((spelling) => literal(spelling));
    return (text) => `lower(${text}) IN (${list.join(', ')})`;
  }

  #words({ pieces }: TextMatch): Test {
    const words = wordPatterns(pieces);
    if (words.length === 0) return () => 'false';
    const between = `[^${WORD_CLASS}]+`;
    const wanted = words.map((word) => word.map(escapeRe2).join(`[${WORD_CLASS}]*`)).join(between);
    const pattern = literal(`(?:^|[^${WORD_CLASS}])${wanted}(?:$|[^${WORD_CLASS}])`);
    // Most texts lack the longest piece: looking for it first spares the pattern.
    const longest = words.flat().reduce((a, b) => (b.length > a.length ? b : a), '');
    const piece = literal(longest);
    return (text) => `(contains(lower(${text}), ${piece}) AND regexp_matches(lower(${text}), ${pattern}))`;
  }

  #range(name: string, sql: FieldSql, range: RangeMatch): string {
    const levels = isLevelField(name) ? levelsIn(range) : undefined;
    if (levels) return this.#onField(sql, this.#levels(levels));
    if (!numericBounds(range))
      return this.#onField(
        sql,
        this.#within(range, (value) => value),
      );
    const compare = this.#within(range, (value) => numberOf(value) as number);
    return this.#onField(sql, (text) =>
      compare(`CASE WHEN regexp_full_match(${text}, '${NUMBER_PATTERN}') THEN TRY_CAST(${text} AS DOUBLE) END`),
    );
  }

  #within({ low, high }: RangeMatch, convert: (value: string) => string | number | bigint): Test {
    const above = low && `>${low.inclusive ? '=' : ''} ${literal(convert(low.value))}`;
    const below = high && `<${high.inclusive ? '=' : ''} ${literal(convert(high.value))}`;
    return (text) => `(${[above, below].flatMap((sign) => (sign ? [`${text} ${sign}`] : [])).join(' AND ')})`;
  }

  #time(match: Match): string {
    if (match.kind === 'exists') return 'true';
    if (match.kind === 'text') {
      const at = match.pieces.length === 1 ? timeBound(match.pieces[0] as string) : undefined;
      return at === undefined ? 'false' : `_t = ${literal(at)}`;
    }
    const bounds = [match.low, match.high].map((bound) => (bound ? timeBound(bound.value) : 0n));
    if (bounds.includes(undefined)) return 'false';
    return this.#within(match, (value) => timeBound(value) ?? 0n)('_t');
  }
}

function exists(sql: FieldSql): string {
  const parts: string[] = [];
  if (sql.string ?? sql.number ?? sql.boolean) parts.push(`${scalarOf(sql)} IS NOT NULL`);
  if (sql.json !== undefined) {
    const elements = `json_extract_string(${sql.json}, '$[*]')`;
    parts.push(
      `(${sql.json} IS NOT NULL AND ${sql.json} <> 'null' AND (${sql.json}[1] <> '[' OR len(list_filter(${elements}, x -> x IS NOT NULL)) > 0))`,
    );
  }
  return parts.length === 1 ? (parts[0] as string) : `(${parts.join(' OR ')})`;
}

function onElements(json: string, test: Test): string {
  return `(${json}[1] = '[' AND len(list_filter(json_extract_string(${json}, '$[*]'), x -> coalesce(${test('x')}, false))) > 0)`;
}

function escapeRe2(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
