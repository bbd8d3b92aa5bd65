// Runs queries over the store's present files: only those that the time range touches, only sound ones, again when a
// file went away meanwhile.
import { EnvironmentError } from '../core/failure.ts';
import type { Duck, SqlRow } from './duck.ts';
import { type DamagedSegment, type HotFile, type Snapshot, type StoreFiles, type TimeSpan, touches } from './files.ts';
import { KqlSql } from './kql-sql.ts';
import type { Damage, Filter } from './log-store.ts';
import type { Segment } from './manifest.ts';
import { Relation } from './relation.ts';

/** Of a query that fails although all its files are there still. */
const TRIES = 4;
/** A line that no file is expected to have; DuckDB says so when there is one. */
const LONG_LINE_BYTES = 40 << 20;

/** The relation and condition of one query, ready for SELECT. */
export interface Prepared {
  readonly relation: Relation;
  /** Everything behind FROM, conditions included; undefined when there is nothing to read. */
  from(): string | undefined;
}

export interface Scope {
  readonly segments: readonly Segment[];
  readonly hot: readonly HotFile[];
  readonly damaged: readonly Damage[];
}

/** What is needed of a store's files. */
export type PresentFiles = Pick<StoreFiles, 'layout' | 'snapshot' | 'areChecked' | 'verify' | 'recheck'>;

export class Reading {
  readonly files: PresentFiles;
  readonly #duck: Pick<Duck, 'all'>;
  #longestLine = 0;

  constructor(files: PresentFiles, duck: Pick<Duck, 'all'>) {
    this.files = files;
    this.#duck = duck;
  }

  /**
   * Calls `ask` with the files that hold records of the range, again with other files when some were damaged, or were
   * sealed, merged or dropped since it got them: as often as the writer is faster.
   * @throws {EnvironmentError} `store/query`
   */
  async over<T>(range: TimeSpan, ask: (scope: Scope) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; ) {
      const scope = await this.#scope(range);
      try {
        return await ask(scope);
      } catch (thrown) {
        if (!isQueryFailure(thrown)) throw thrown;
        if (this.#isPresent(scope) && attempt++ === TRIES) throw thrown;
        if (thrown.message.includes('maximum_object_size')) this.#longestLine = LONG_LINE_BYTES;
        await this.files.recheck(scope.segments);
      }
    }
  }

  /** Whether the store has all of these files still. */
  #isPresent({ segments, hot }: Scope): boolean {
    const now = this.files.snapshot();
    const present = new Set([...now.segments.map(({ file }) => file), ...now.hot.map(({ seq }) => seq)]);
    return segments.every(({ file }) => present.has(file)) && hot.every(({ seq }) => present.has(seq));
  }

  /** Prepares a query over some files. @param further a condition on our own columns */
  prepare(scope: Pick<Scope, 'segments' | 'hot'>, filter: Filter, further = 'true'): Prepared {
    const relation = new Relation({
      root: this.files.layout.root,
      segments: scope.segments,
      hot: scope.hot,
      span: filter,
      longestLine: this.#longestLine,
    });
    const condition = new KqlSql(relation).condition(filter.query);
    return {
      relation,
      from: () => {
        const sql = relation.sql(further);
        return sql === undefined ? undefined : `${sql} WHERE ${condition}`;
      },
    };
  }

  async rows(sql: string, signal: AbortSignal): Promise<SqlRow[]> {
    return this.#duck.all({ sql, values: [] }, signal);
  }

  async #scope(range: TimeSpan): Promise<Scope> {
    for (;;) {
      const snapshot = this.files.snapshot();
      const segments = snapshot.segments.filter((segment) => touches(segment, range));
      if (this.files.areChecked(segments)) return { segments, hot: snapshot.hot, damaged: damageOf(snapshot, range) };
      // The files may be others when this is done.
      await this.files.verify(segments);
    }
  }
}

function isQueryFailure(thrown: unknown): thrown is EnvironmentError {
  return thrown instanceof EnvironmentError && thrown.code === 'store/query';
}

function damageOf({ damaged }: Snapshot, range: TimeSpan): readonly Damage[] {
  return damaged
    .filter(({ segment }) => touches(segment, range))
    .map(({ segment, reason }: DamagedSegment) => ({
      segment: segment.file,
      reason,
      rows: segment.rows,
      from: BigInt(segment.min),
      to: BigInt(segment.max),
    }));
}
