// Output `store`: into the embedded store, exactly once in effect: a record that is read again meets its own id.
import { type Definition, defineOutput } from '../../../config/define.ts';
import { bool, size, string, time } from '../../../config/settings.ts';
import { eachLive } from '../../../core/each-live.ts';
import type { Batch } from '../../../core/event.ts';
import { EnvironmentError, failureText } from '../../../core/failure.ts';
import type { Output, OutputHost } from '../../../core/plugin.ts';
import type { OpenedStore } from '../../../store/open-store.ts';
import { StoreRedaction } from '../../../store/redaction.ts';
import { openShared } from '../../../store/shared-store.ts';
import { type WalBatch, WalEncoder } from '../../../store/wal-encoder.ts';

const DAY_SECONDS = 86_400;
const RETRY_FIRST_MS = 250;
const RETRY_MAX_MS = 15_000;

const settings = {
  path: string({ required: true, doc: 'Directory of the store. `katalog up` and `katalog query --store` read it.' }),
  keep: time({
    fallback: 7 * DAY_SECONDS,
    doc: 'Records go this long after they were stored, whole segments at a time; those of small segments up to a day later.',
  }),
  keep_bytes: size({ fallback: 10 * 2 ** 30, doc: 'The oldest segments go while the store is larger than this.' }),
  redact: bool({
    fallback: true,
    doc: 'Black out secrets in records that did not pass the filter `kata`, which does it by itself.',
  }),
};

export const storeOutput: Definition<'output', typeof settings> = defineOutput({
  type: 'store',
  summary: 'Keeps records in the embedded store, exactly once; the page and `katalog query` read it.',
  settings,
  destination: ({ path }) => path,
  create: (given, host) => new StoreOutput(given, host),
});

interface StoreSettings {
  readonly path: string;
  readonly keep: number;
  readonly keep_bytes: number;
  readonly redact: boolean;
}

class StoreOutput implements Output {
  readonly delivery = 'exactly-once';
  readonly #settings: StoreSettings;
  readonly #host: OutputHost;
  readonly #encoder: WalEncoder;
  readonly #redaction: StoreRedaction | undefined;
  readonly #running = new Set<Promise<void>>();
  #opened: Promise<OpenedStore> | undefined;

  constructor(given: StoreSettings, host: OutputHost) {
    this.#settings = given;
    this.#host = host;
    this.#encoder = new WalEncoder(host.arena, host.keys);
    this.#redaction = given.redact
      ? new StoreRedaction({ arena: host.arena, keys: host.keys, kata: host.scanner.kata })
      : undefined;
  }

  write(batch: Batch): void {
    const { scanner } = this.#host;
    if (scanner.survey(batch.tape).untimed > 0) eachLive(batch, () => undefined);
    const tape = this.#redaction?.of(batch.tape) ?? batch.tape;
    this.#encoder.addTape(scanner, tape, batch.segment.streamKey, { field: 'tag', value: batch.tag });
    const run = this.#deliver(batch, this.#encoder.take()).finally(() => {
      this.#running.delete(run);
    });
    this.#running.add(run);
  }

  flush(): void {
    // Every batch is stored at once; those that come together share one write to the disk.
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#running);
    // Where it could not be opened, each batch has said so, and there is nothing to close.
    const opened = await this.#opened?.catch(() => undefined);
    await opened?.close();
  }

  /** Stores a batch, however long that takes; positions stay behind it until then. */
  async #deliver({ segment }: Batch, records: WalBatch): Promise<void> {
    const { log, clock, signal } = this.#host;
    for (let waitMs = RETRY_FIRST_MS; ; waitMs = Math.min(waitMs * 2, RETRY_MAX_MS)) {
      try {
        const { writer } = await this.#open();
        const isNew = await writer.append(records);
        const stored = isNew.filter(Boolean).length;
        if (stored > 0) this.#host.settle(segment, stored, 'stored');
        if (stored < isNew.length) this.#host.settle(segment, isNew.length - stored, 'duplicate');
        return;
      } catch (thrown) {
        if (signal.aborted) return;
        if (!(thrown instanceof EnvironmentError)) throw thrown;
        log.error(`${failureText(thrown)}; nothing is lost, it is tried again`);
      }
      try {
        await clock.sleep(waitMs, signal);
      } catch {
        // The program ends: what was not stored is read again at the next start.
        return;
      }
    }
  }

  #open(): Promise<OpenedStore> {
    const { path, keep, keep_bytes: maxBytes } = this.#settings;
    const { clock, log } = this.#host;
    if (!this.#opened) {
      const opened = openShared({
        directory: path,
        clock,
        log,
        writer: { retention: { maxAgeSeconds: keep, maxBytes } },
      });
      this.#opened = opened;
      // A failed opening is tried again with the next batch.
      opened.catch(() => {
        this.#opened = undefined;
      });
    }
    return this.#opened;
  }
}
