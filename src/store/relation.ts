// The records of a snapshot as one SQL relation: sealed segments and write-ahead files under the same column names.
// A query first says which fields it reads (`field`), then asks for the relation (`sql`).
import * as path from 'node:path';
import { quoteName, quotePath } from './duck.ts';
import { type HotFile, isWithin, type TimeSpan } from './files.ts';
import type { Segment } from './manifest.ts';
import { columnName, VALUE_TYPES, type ValueType } from './names.ts';
import { readWal } from './seal.ts';

/** SQL expressions for the values of a field, by type; absent where no record can have such a value. */
export interface FieldSql {
  readonly string?: string;
  readonly number?: string;
  readonly boolean?: string;
  readonly json?: string;
}

const OWN = '_t, _s, coalesce(_o, 0) AS _o, coalesce(_c, 0) AS _c, _i';

export interface Sources {
  readonly root: string;
  readonly segments: readonly Segment[];
  readonly hot: readonly HotFile[];
  /** Only records of this time. */
  readonly span: TimeSpan;
  /** Longest line of the write-ahead files, as far as is known. */
  readonly longestLine: number;
}

export class Relation {
  readonly #sources: Sources;
  readonly #columns = new Map<string, { readonly sealed: string; readonly hot: string }>();
  readonly #hotColumns = new Set<string>(['_t', '_s', '_o', '_c', '_i']);

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /** Makes a field readable; its expressions are valid in the query around the relation. */
  field(name: string): FieldSql {
    const found: Partial<Record<ValueType, string>> = {};
    for (const type of VALUE_TYPES) {
      const column = columnName(name, type);
      if (this.#columns.has(column) || this.#add(column)) found[type] = quoteName(column);
    }
    return found;
  }

  /**
   * The relation, as the inside of a FROM clause; undefined when there are no files. Our own columns are in it, those
   * without a value filled in, so that (_t, _s, _o, _c) orders and tells records apart.
   * @param where conditions on our own columns beside the time, pushed into every part
   */
  sql(where: string): string | undefined {
    const { segments, hot, span } = this.#sources;
    // The times of a segment that lies within the span need not be read.
    const [within, across] = [true, false].map((wanted) => segments.filter((one) => isWithin(one, span) === wanted));
    const inTime = [...timeConditions(span), where].join(' AND ');
    const parts = [
      ...this.#sealed(within as readonly Segment[], where),
      ...this.#sealed(across as readonly Segment[], inTime),
      ...this.#hot(hot, inTime),
    ];
    return parts.length === 0 ? undefined : `(${parts.join(' UNION ALL ')})`;
  }

  #sealed(segments: readonly Segment[], where: string): readonly string[] {
    if (segments.length === 0) return [];
    const files = segments.map(({ file }) => quotePath(path.join(this.#sources.root, file)));
    const columns = [...this.#columns].map(([column, { sealed }]) => `${sealed} AS ${quoteName(column)}`);
    return [
      `SELECT ${[OWN, ...columns].join(', ')} FROM read_parquet([${files.join(', ')}], union_by_name = true, hive_partitioning = false) WHERE ${where}`,
    ];
  }

  #hot(hot: readonly HotFile[], where: string): readonly string[] {
    if (hot.length === 0) return [];
    const columns = [...this.#columns].map(([column, side]) => `${side.hot} AS ${quoteName(column)}`);
    const files = hot.map((file) => file.path);
    const from = readWal(files, [...this.#hotColumns], this.#sources.longestLine);
    return [`SELECT ${[OWN, ...columns].join(', ')} FROM ${from} WHERE _t IS NOT NULL AND ${where}`];
  }

  /** Whether any file may have the column. */
  #add(column: string): boolean {
    const { segments, hot } = this.#sources;
    const counts = segments.map(({ columns }) => columns[column]).filter((count) => count !== undefined);
    if (counts.length === 0 && hot.length === 0) return false;
    const quoted = quoteName(column);
    const inBag = `json_extract_string(_x, ${quotePath(`/${column.replaceAll('~', '~0').replaceAll('/', '~1')}`)})`;
    const hasColumn = counts.some(([count, bagged]) => count > bagged);
    const hasBagged = counts.some(([, bagged]) => bagged > 0);
    const sealed = [...(hasColumn ? [quoted] : []), ...(hasBagged ? [inBag] : [])];
    this.#hotColumns.add(column);
    this.#hotColumns.add('_x');
    this.#columns.set(column, {
      sealed: sealed.length === 2 ? `coalesce(${sealed.join(', ')})` : (sealed[0] ?? 'NULL::VARCHAR'),
      hot: `coalesce(${quoted}, ${inBag})`,
    });
    return true;
  }
}

function timeConditions({ from, to }: TimeSpan): readonly string[] {
  return [...(from === undefined ? [] : [`_t >= ${from}`]), ...(to === undefined ? [] : [`_t < ${to}`])];
}

/** The value of a field as text, whatever its type; lists and objects as JSON. */
export function textOf(field: FieldSql): string {
  return coalesced([field.string, field.number, field.boolean, field.json]);
}

/** As `textOf`, without lists and objects. */
export function scalarOf(field: FieldSql): string {
  return coalesced([field.string, field.number, field.boolean]);
}

export function coalesced(parts: readonly (string | undefined)[]): string {
  const there = parts.filter((part) => part !== undefined);
  if (there.length === 0) return 'NULL::VARCHAR';
  return there.length === 1 ? (there[0] as string) : `coalesce(${there.join(', ')})`;
}
