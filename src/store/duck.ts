// DuckDB in memory, over files of the store only: locked down, bounded, loaded when it is first needed.
import * as fs from 'node:fs';
import type { DuckDBConnection, DuckDBInstance, DuckDBResultReader, DuckDBValue } from '@duckdb/node-api';
import { EnvironmentError, failureText } from '../core/failure.ts';
import type { StoreLayout } from './layout.ts';

export interface DuckOptions {
  readonly memoryBytes: number;
  readonly threads: number;
  /** Queries at once; more wait. */
  readonly queries: number;
}

export const DUCK_DEFAULTS: DuckOptions = { memoryBytes: 384 << 20, threads: 2, queries: 2 };

/** A row by column name. */
export type SqlRow = { readonly [column: string]: DuckDBValue };

/** Rows column by column: a name, and a value for each row. */
export type SqlColumns = readonly (readonly [name: string, values: readonly DuckDBValue[]])[];

/** SQL with its parameters, `$1` first. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly DuckDBValue[];
}

export class Duck {
  readonly #options: DuckOptions;
  readonly #layout: StoreLayout;
  #instance: Promise<DuckDBInstance> | undefined;
  readonly #idle: DuckDBConnection[] = [];
  #running = 0;
  readonly #waiting = new Set<() => void>();

  constructor(layout: StoreLayout, options: DuckOptions = DUCK_DEFAULTS) {
    this.#layout = layout;
    this.#options = options;
  }

  /**
   * Runs one statement and reads all of its rows; when `signal` aborts the query is interrupted.
   * @throws {EnvironmentError} `store/query` with DuckDB's reason, or the signal's reason.
   */
  async all(statement: Statement, signal?: AbortSignal): Promise<SqlRow[]> {
    return this.#read(statement, signal, (reader) => reader.getRowObjectsJS() as SqlRow[]);
  }

  /** As `all`, for many rows of many columns: no object is made for each. */
  async columns(statement: Statement, signal?: AbortSignal): Promise<SqlColumns> {
    return this.#read(statement, signal, (reader) => {
      const values = reader.getColumnsJS() as DuckDBValue[][];
      return reader.columnNames().map((name, i) => [name, values[i] ?? []] as const);
    });
  }

  async #read<T>(
    statement: Statement,
    signal: AbortSignal | undefined,
    take: (reader: DuckDBResultReader) => T,
  ): Promise<T> {
    await this.#enter(signal);
    try {
      // Woken and given up in one moment.
      signal?.throwIfAborted();
      const connection = this.#idle.pop() ?? (await this.#connect());
      const interrupt = (): void => connection.interrupt();
      signal?.addEventListener('abort', interrupt, { once: true });
      try {
        const { sql, values } = statement;
        // Without parameters nothing is prepared apart.
        const reader = await (values.length === 0
          ? connection.runAndReadAll(sql)
          : connection.runAndReadAll(sql, [...values]));
        return take(reader);
      } catch (cause) {
        signal?.throwIfAborted();
        throw new EnvironmentError('store/query', `the store cannot answer: ${failureText(cause)}`, { cause });
      } finally {
        signal?.removeEventListener('abort', interrupt);
        this.#idle.push(connection);
      }
    } finally {
      this.#leave();
    }
  }

  async close(): Promise<void> {
    for (const connection of this.#idle.splice(0)) connection.closeSync();
    const instance = await this.#instance;
    instance?.closeSync();
    this.#instance = undefined;
  }

  async #enter(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    while (this.#running >= this.#options.queries) await this.#turn(signal);
    this.#running++;
  }

  /** Resolves when a query has left. Who gives up waiting takes nobody's turn. */
  #turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        this.#waiting.delete(wake);
        reject(signal?.reason as Error);
      };
      const wake = (): void => {
        signal?.removeEventListener('abort', giveUp);
        resolve();
      };
      signal?.addEventListener('abort', giveUp, { once: true });
      this.#waiting.add(wake);
    });
  }

  #leave(): void {
    this.#running--;
    const [next] = this.#waiting;
    if (!next) return;
    this.#waiting.delete(next);
    next();
  }

  async #connect(): Promise<DuckDBConnection> {
    this.#instance ??= this.#open();
    const instance = await this.#instance;
    return instance.connect();
  }

  async #open(): Promise<DuckDBInstance> {
    const { DuckDBInstance } = await import('@duckdb/node-api');
    fs.mkdirSync(this.#layout.temporary, { recursive: true, mode: 0o700 });
    const instance = await DuckDBInstance.create(':memory:', {
      memory_limit: `${Math.round(this.#options.memoryBytes / 1e6)}MB`,
      threads: String(this.#options.threads),
      temp_directory: this.#layout.temporary,
      autoload_known_extensions: 'false',
      autoinstall_known_extensions: 'false',
      // Freed buffers of sealing go back to the system at once: a third less resident memory, a tenth more CPU time of it.
      allocator_bulk_deallocation_flush_threshold: '32MB',
      // Sealing takes a third more memory and time with it.
      preserve_insertion_order: 'false',
    });
    const connection = await instance.connect();
    const directory = this.#layout.root.replaceAll("'", "''");
    // Of every connection: without GLOBAL it holds for this one alone.
    await connection.run('SET GLOBAL parquet_metadata_cache = true');
    await connection.run(`SET allowed_directories = ['${directory}']`);
    await connection.run('SET enable_external_access = false');
    await connection.run('SET lock_configuration = true');
    this.#idle.push(connection);
    return instance;
  }
}

/** A name as SQL writes it. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A value as SQL writes it, wherever it comes from. */
export function literal(value: string | number | bigint): string {
  if (typeof value === 'bigint') return value < 0n ? `(${value})` : String(value);
  if (typeof value === 'number') return `'${value}'::DOUBLE`;
  // A NUL would end the statement.
  const parts = value.split('\u0000').map((part) => `'${part.replaceAll("'", "''")}'`);
  return parts.length === 1 ? (parts[0] as string) : `(${parts.join(' || chr(0) || ')})`;
}

/** A path of our own as SQL writes it. */
export function quotePath(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
