// The output behind `elasticsearch` and `opensearch`: batches become bulks, bulks are delivered.
import * as fs from 'node:fs';
import type { Arena } from '../../core/arena.ts';
import { eachLive } from '../../core/each-live.ts';
import type { Batch, Instant } from '../../core/event.ts';
import { EnvironmentError } from '../../core/failure.ts';
import type { Output, OutputHost } from '../../core/plugin.ts';
import type { Bytes } from '../../core/scanner.ts';
import { findSpan, LIVE, NO_KEY, S_KEY, W_SIZE, W_STATUS } from '../../core/tape.ts';
import { Bulk } from '../../search/bulk.ts';
import { BulkSender } from '../../search/bulk-sender.ts';
import { HttpClient } from '../../search/http-client.ts';
import { IndexName } from '../../search/index-name.ts';
import { putOwnTemplate, putTemplate } from '../../search/template.ts';
import { connectionOf, gzipLevelOf } from './search-connection.ts';
import type { SearchSettings } from './search-settings.ts';

const BULK_BYTES = 1 << 20;
const BULK_MAX_BYTES = 8 << 20;
/** A bulk of this size does not wait for more while the server waits for work. */
const BULK_EAGER_BYTES = 4 << 20;
/** A batch adds what it adds: the buffer of a bulk has this much room over its limit. */
const BULK_ROOM_BYTES = 512 << 10;
const CONCURRENCY_MAX = 8;

/** Live records of a batch that go to one index. */
interface Run {
  readonly from: number;
  until: number;
  readonly time: Instant;
  count: number;
}

export class SearchOutput implements Output {
  readonly delivery = 'exactly-once';
  readonly #settings: SearchSettings;
  readonly #host: OutputHost;
  readonly #index: IndexName;
  readonly #sender: BulkSender;
  readonly #bulkBytes: number;
  readonly #flushMs: number;
  readonly #timestampKey: number;
  readonly #tagKey: number | undefined;
  readonly #removedKeys: readonly number[];
  #bulk: Bulk | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(settings: SearchSettings, host: OutputHost) {
    this.#settings = settings;
    this.#host = host;
    this.#index = new IndexName(indexTemplate(settings), settings.utc_index ? 'utc' : 'local');
    const { buffer } = settings;
    this.#bulkBytes = Math.min(buffer?.chunk_limit_size ?? BULK_BYTES, BULK_MAX_BYTES);
    this.#flushMs = (buffer?.flush_interval ?? 1) * 1000;
    const hasTimestamp = isDated(settings) || settings.include_timestamp;
    this.#timestampKey = hasTimestamp ? host.keys.pin('@timestamp') : NO_KEY;
    this.#tagKey = settings.include_tag_key ? host.keys.pin(settings.tag_key) : undefined;
    this.#removedKeys = settings.remove_keys.map((name) => host.keys.pin(name));
    this.#sender = this.#makeSender();
  }

  write(batch: Batch): void {
    if (this.#removedKeys.length > 0 || this.#tagKey !== undefined) this.#removeFields(batch);
    for (const run of this.#runs(batch)) this.#append(batch, run);
    const bytes = this.#bulk?.bytes ?? 0;
    if (bytes >= this.#bulkBytes || (bytes >= BULK_EAGER_BYTES && this.#sender.isIdle)) this.flush();
    else if (this.#bulk) this.#timer ??= setTimeout(() => this.flush(), this.#flushMs);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#bulk) this.#sender.send(this.#bulk);
    this.#bulk = undefined;
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#sender.close();
  }

  #runs(batch: Batch): readonly Run[] {
    const { live, untimed, earliest, latest } = this.#host.scanner.survey(batch.tape);
    if (untimed === 0 && this.#index.period(earliest) === this.#index.period(latest)) {
      const { start, end } = batch.tape;
      return [{ from: start, until: end, time: { seconds: earliest, nanos: 0 }, count: live }];
    }
    return this.#runsByPeriod(batch);
  }

  #runsByPeriod(batch: Batch): readonly Run[] {
    const runs: Run[] = [];
    let run: Run | undefined;
    let period = Number.NaN;
    eachLive(batch, (record, time) => {
      const own = this.#index.period(time.seconds);
      if (!run || own !== period) {
        run = { from: record, until: record, time, count: 0 };
        runs.push(run);
        period = own;
      }
      run.count++;
      run.until = record + (batch.arena.i32[(record >> 2) + W_SIZE] as number);
    });
    return runs;
  }

  #append(batch: Batch, run: Run): void {
    const { arena, segment } = batch;
    const mark = arena.mark();
    const index = JSON.stringify(this.#index.at(run.time, batch.tag));
    const tail =
      this.#tagKey === undefined ? '' : `,${JSON.stringify(this.#settings.tag_key)}:${JSON.stringify(batch.tag)}`;
    const encoded = this.#host.scanner.encodeBulk(run.from, run.until, {
      head: put(arena, `{"create":{"_index":${index},"_id":"k${segment.streamKey}`),
      middle: put(arena, '"}}\n{'),
      tail: put(arena, tail),
      timestampKey: this.#timestampKey,
    });
    this.#bulk ??= new Bulk(this.#sender.buffer(this.#bulkBytes + BULK_ROOM_BYTES));
    this.#bulk.add(arena.u8, encoded.start, encoded.end, segment, run.count);
    arena.release(mark);
  }

  #removeFields(batch: Batch): void {
    const { i32 } = batch.arena;
    const keys = this.#tagKey === undefined ? this.#removedKeys : [...this.#removedKeys, this.#tagKey];
    for (let record = batch.tape.start; record < batch.tape.end; record += i32[record >> 2] as number) {
      if (i32[(record >> 2) + W_STATUS] !== LIVE) continue;
      for (const key of keys) {
        const span = findSpan(i32, record, key);
        if (span >= 0) i32[span + S_KEY] = NO_KEY;
      }
    }
  }

  #makeSender(): BulkSender {
    const { buffer, pipeline, compression_level: level } = this.#settings;
    const host = this.#host;
    const concurrency = Math.min(Math.max(buffer?.flush_thread_count ?? 2, 1), CONCURRENCY_MAX);
    const client = new HttpClient(connectionOf(this.#settings, concurrency));
    return new BulkSender({
      client,
      clock: host.clock,
      log: host.log,
      signal: host.signal,
      backOff: { baseMs: (buffer?.retry_wait ?? 0.25) * 1000, capMs: (buffer?.retry_max_interval ?? 30) * 1000 },
      concurrency,
      gzipLevel: gzipLevelOf(level),
      pipeline,
      settle: (segment, count, how) => host.settle(segment, count, how),
      deadLetter: (letter) => host.deadLetter(letter),
      count: (name, by) => host.count(name, by),
      prepare: () => this.#putTemplate(client),
    });
  }

  async #putTemplate(client: HttpClient): Promise<void> {
    const {
      template_file: file,
      template_name: own,
      template_overwrite: overwrite,
      use_legacy_template: isLegacy,
    } = this.#settings;
    const { log, signal } = this.#host;
    if (file !== undefined && own !== undefined) {
      await putOwnTemplate(client, { name: own, body: readTemplate(file), isLegacy, overwrite }, log, signal);
      return;
    }
    const pattern = indexPattern(this.#settings);
    // A name that begins with something from the data could match indices that are not ours.
    if (!/^[^*]/.test(pattern)) return;
    await putTemplate(client, `katalog-${pattern.replace(/[^a-z0-9_.-]/g, '')}`, pattern, log, signal);
  }
}

/** Dated unless an index is named: then as `logstash_format` says. */
function isDated(settings: SearchSettings): boolean {
  return settings.logstash_format ?? settings.index_name === undefined;
}

export function indexTemplate(settings: SearchSettings): string {
  if (!isDated(settings)) return settings.index_name ?? 'fluentd';
  const { logstash_prefix: prefix, logstash_prefix_separator: separator, logstash_dateformat: date } = settings;
  return `${prefix}${separator}${date}`;
}

/** The pattern of all indices of the output. */
function indexPattern(settings: SearchSettings): string {
  return indexTemplate(settings)
    .replace(/(%[-_0^#]?[A-Za-z][.\-_]?)+|\$\{[^}]*\}/g, '*')
    .toLowerCase();
}

function readTemplate(path: string): string {
  try {
    return fs.readFileSync(path, 'utf8');
  } catch (cause) {
    throw new EnvironmentError('search/template-file', `cannot read the template file ${path}`, { cause });
  }
}

function put(arena: Arena, text: string): Bytes {
  const start = arena.alloc(Buffer.byteLength(text));
  return { start, end: start + arena.u8.write(text, start, 'utf8') };
}
