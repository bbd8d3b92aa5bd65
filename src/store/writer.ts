// The one writer of a store: appends, seals, retains. Nothing is acknowledged before it is on disk; killed at any moment
// the store holds every acknowledged record once.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { EnvironmentError, failureText } from '../core/failure.ts';
import type { Clock, Log } from '../core/plugin.ts';
import { Disk } from './disk.ts';
import type { Duck } from './duck.ts';
import type { StoreFiles } from './files.ts';
import { type House, keepHouse } from './housekeeping.ts';
import { KnownRecords } from './known.ts';
import { walPath } from './layout.ts';
import { ManifestWriter } from './manifest.ts';
import { mergeable, mergeSegments } from './merge.ts';
import { recoverWal } from './recover.ts';
import { expired, type Retention } from './retention.ts';
import { type ClosedWal, sealWal } from './seal.ts';
import { addContent, emptyContent, linesOf, type WalContent } from './wal-content.ts';
import type { WalBatch } from './wal-encoder.ts';
import { WalFile } from './wal-file.ts';

export interface WriterOptions {
  readonly retention: Retention;
  /** A write-ahead file is sealed when it reaches one of these. */
  readonly rollBytes: number;
  readonly rollRows: number;
  readonly rollMs: number;
}

export const WRITER_DEFAULTS: WriterOptions = {
  retention: { maxAgeSeconds: 7 * 86_400, maxBytes: 10 * 2 ** 30 },
  rollBytes: 64 << 20,
  rollRows: 200_000,
  rollMs: 3_600_000,
};

/** Files that wait for being sealed; a writer that is quicker than sealing waits for it. */
const UNSEALED_MAX = 4;
/** Sealed write-ahead files stay this long: a live tail may still be reading them. */
const SEALED_KEPT_MS = 60_000;
/** And merged segments: a query may still be reading them. */
const MERGED_KEPT_MS = 60_000;
interface Waiting {
  readonly batch: WalBatch;
  resolve(isNew: readonly boolean[]): void;
  reject(reason: unknown): void;
}

export class StoreWriter implements House {
  readonly #options: WriterOptions;
  readonly #duck: Duck;
  readonly #files: StoreFiles;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #manifest: ManifestWriter;
  readonly #known: KnownRecords;
  readonly #disk: Disk;
  readonly #unsealed: ClosedWal[] = [];
  readonly #listeners = new Set<() => void>();
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  #sealing: Promise<void> | undefined;
  #wal: WalFile | undefined;
  #walOpenedMs = 0;
  #content: WalContent = emptyContent();
  #longestLine = 0;
  #nextSeq = 1;
  #stopped: string | undefined;
  #appended = 0;
  #mayMerge = false;
  #merged: { readonly file: string; readonly atMs: number }[] = [];
  readonly #end = new AbortController();
  #housekeeping: Promise<void> | undefined;

  private constructor(parts: WriterParts) {
    this.#options = parts.options;
    this.#duck = parts.duck;
    this.#files = parts.files;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#manifest = new ManifestWriter(this.#files.layout.manifest, this.#files.manifest());
    this.#known = new KnownRecords(this.#duck, this.#files);
    this.#disk = new Disk(this.#files.layout.root, this.#clock);
  }

  /**
   * Opens a store for writing, making it if need be, and finishes what a crash interrupted. The caller holds the lock.
   * @throws {EnvironmentError} `store/write`, `store/format`, `store/manifest`
   */
  static async open(parts: WriterParts): Promise<StoreWriter> {
    const { layout } = parts.files;
    try {
      for (const directory of [layout.wal, layout.segments, layout.temporary])
        fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
      for (const name of fs.readdirSync(layout.temporary))
        fs.rmSync(path.join(layout.temporary, name), { recursive: true });
    } catch (cause) {
      throw new EnvironmentError('store/write', `cannot write to ${layout.root}`, { cause });
    }
    const writer = new StoreWriter(parts);
    await writer.#recover();
    writer.#housekeeping = keepHouse(writer, parts.clock, writer.#end.signal);
    return writer;
  }

  get appended(): number {
    return this.#appended;
  }

  get openBytes(): number {
    return this.#wal?.length ?? 0;
  }

  /** Why nothing is taken at present, or undefined. */
  get stopped(): string | undefined {
    return this.#stopped;
  }

  /**
   * Resolves once every record of the batch is on disk, with whether each was new; rejects when none of them is.
   * Batches are stored in the order of the calls.
   * @throws {EnvironmentError} `store/write`, `store/disk-low`
   */
  append(batch: WalBatch): Promise<readonly boolean[]> {
    if (this.#end.signal.aborted) return Promise.reject(new EnvironmentError('store/closed', 'the store is closed'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, resolve, reject });
      if (!this.#running) this.#running = this.#work();
    });
  }

  /** Calls `listener` after records came onto the disk; returns how to stop it. */
  onAppend(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Seals everything that is not sealed. */
  async seal(): Promise<void> {
    while (this.#running) await this.#running;
    await this.#roll();
    await this.#sealing;
  }

  /** Seals what is due and merges small segments; called by itself while there is little to do. */
  async tidy(): Promise<void> {
    while (this.#running) await this.#running;
    if (this.#isDue()) await this.#roll();
    this.#mayMerge = true;
    this.#startSealing();
    await this.#sealing;
    this.#removeSealed(SEALED_KEPT_MS);
    this.retain();
  }

  /** Drops what is too old or too much; called by itself after sealing. */
  retain(): void {
    const { segments } = this.#files.manifest();
    const drop = expired([...segments.values()], this.#options.retention, this.#clock.now());
    for (const why of ['age', 'bytes'] as const) {
      const files = drop.filter((one) => one.why === why).map(({ segment }) => segment.file);
      if (files.length === 0) continue;
      this.#manifest.append({ kind: 'drop', files, why });
      for (const file of files) fs.rmSync(path.join(this.#files.layout.root, file), { force: true });
      this.#log.info(`dropped ${files.length} segments by ${why}`);
    }
  }

  async close(): Promise<void> {
    this.#end.abort(new Error('the store is closed'));
    await this.#housekeeping;
    await this.#running;
    await this.#sealing;
    await this.#wal?.close();
    this.#wal = undefined;
  }

  async #recover(): Promise<void> {
    const { sealed, segments } = this.#files.manifest();
    for (const seq of sealed) this.#nextSeq = Math.max(this.#nextSeq, seq + 1);
    this.#removeStrays(new Set(segments.keys()));
    for (const { seq, path: file } of this.#files.snapshot().hot) {
      const { wal, origins, tornBytes } = await recoverWal(file, seq);
      this.#nextSeq = Math.max(this.#nextSeq, seq + 1);
      if (tornBytes > 0) this.#log.info(`${file}: cut ${tornBytes} bytes of a record that was not written whole`);
      this.#noteLine(wal.longestLine);
      this.#known.add(origins, seq);
      if (wal.rows > 0) this.#unsealed.push(wal);
      else fs.rmSync(file);
    }
    this.#removeSealed(0);
    if (this.#unsealed.length > 0) this.#startSealing();
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      try {
        const outcomes = await this.#store(group.map(({ batch }) => batch));
        this.#stopped = undefined;
        group.forEach(({ resolve }, i) => {
          resolve(outcomes[i] as readonly boolean[]);
        });
        for (const listener of this.#listeners) listener();
      } catch (thrown) {
        this.#stopped = failureText(thrown);
        await this.#takeStock();
        for (const { reject } of group) reject(thrown);
      }
      if (this.#isDue()) await this.#roll();
    }
    this.#running = undefined;
  }

  /** After a failed write: the file was cut back to what is on disk, and is looked at as after a crash. */
  async #takeStock(): Promise<void> {
    const wal = this.#wal;
    if (!wal) return;
    this.#wal = undefined;
    this.#content = emptyContent();
    await wal.close();
    const { wal: closed, origins } = await recoverWal(wal.path, wal.seq);
    this.#known.correct(origins, wal.seq);
    if (closed.rows > 0) this.#unsealed.push(closed);
    else fs.rmSync(wal.path);
    this.#startSealing();
  }

  async #store(batches: readonly WalBatch[]): Promise<readonly (readonly boolean[])[]> {
    await this.#makeRoom();
    const wal = this.#wal ?? (await this.#openWal());
    this.#wal = wal;
    const outcomes: (readonly boolean[])[] = [];
    for (const batch of batches) {
      const isNew = this.#known.areNew(batch.origins)
        ? batch.origins.map(() => true)
        : (await this.#known.which(batch)).map((known) => !known);
      await this.#write(wal, batch, isNew);
      outcomes.push(isNew);
    }
    await wal.sync();
    return outcomes;
  }

  async #write(wal: WalFile, batch: WalBatch, isNew: readonly boolean[]): Promise<void> {
    const isWhole = isNew.every(Boolean);
    const bytes = isWhole ? batch.bytes : Buffer.concat(linesOf(batch).filter((_, i) => isNew[i]));
    if (bytes.length === 0) return;
    await wal.write(bytes);
    const origins = isWhole ? batch.origins : batch.origins.filter((_, i) => isNew[i]);
    addContent(this.#content, batch, origins.length);
    this.#appended += origins.length;
    let start = 0;
    for (const end of batch.ends) {
      this.#noteLine(end - start);
      start = end;
    }
    this.#known.add(origins, wal.seq);
  }

  #noteLine(bytes: number): void {
    if (bytes <= this.#longestLine) return;
    this.#longestLine = bytes;
    this.#known.longestLine = bytes;
  }

  /** @throws {EnvironmentError} `store/disk-low` */
  async #makeRoom(): Promise<void> {
    while (this.#unsealed.length >= UNSEALED_MAX && this.#sealing) await this.#sealing;
    if (!this.#disk.isLow()) return;
    // Sealed records take a twentieth of the room.
    await this.#roll();
    await this.#sealing;
    this.#removeSealed(0);
    this.#disk.check();
  }

  #isDue(): boolean {
    if (!this.#wal || this.#content.rows === 0) return false;
    const { rollBytes, rollRows, rollMs } = this.#options;
    if (this.#wal.length >= rollBytes || this.#content.rows >= rollRows) return true;
    return this.#clock.monotonicMs() - this.#walOpenedMs >= rollMs;
  }

  async #openWal(): Promise<WalFile> {
    const seq = this.#nextSeq++;
    this.#walOpenedMs = this.#clock.monotonicMs();
    return WalFile.open(walPath(this.#files.layout, seq), seq);
  }

  async #roll(): Promise<void> {
    const wal = this.#wal;
    if (!wal || this.#content.rows === 0) return;
    this.#wal = undefined;
    await wal.close();
    this.#unsealed.push({ seq: wal.seq, path: wal.path, longestLine: this.#longestLine, ...this.#content });
    this.#content = emptyContent();
    this.#startSealing();
  }

  #startSealing(): void {
    if (!this.#sealing) this.#sealing = this.#sealAll();
  }

  async #sealAll(): Promise<void> {
    const failed = new Set<ClosedWal>();
    for (;;) {
      const wal = this.#unsealed.find((one) => !failed.has(one));
      try {
        if (wal) await this.#sealOne(wal);
        else if (!(await this.#mergeOnce())) break;
      } catch (thrown) {
        if (!(thrown instanceof EnvironmentError)) throw thrown;
        // The records stay where they are, safe and found; the next file that is full tries again.
        this.#log.error(`cannot seal ${wal?.path ?? 'small segments together'}: ${failureText(thrown)}`);
        if (wal) failed.add(wal);
        else break;
      }
    }
    this.#mayMerge = false;
    this.#sealing = undefined;
  }

  /** Whether it merged some. */
  async #mergeOnce(): Promise<boolean> {
    this.#removeMerged();
    if (!this.#mayMerge || this.#end.signal.aborted || this.#disk.isLow()) return false;
    const group = mergeable(this.#files.snapshot().segments);
    if (group.length === 0) return false;
    // Damaged ones are left out of the next snapshot.
    if (!(await this.#files.verify(group))) return true;
    const seq = this.#nextSeq++;
    const segment = await mergeSegments(this.#duck, this.#files.layout, group, seq);
    const { segments } = this.#files.manifest();
    const from = group.map(({ file }) => file);
    if (!from.every((file) => segments.has(file))) {
      fs.rmSync(path.join(this.#files.layout.root, segment.file));
      return true;
    }
    this.#manifest.append({ kind: 'merge', seq, from, segment });
    this.#merged.push(...from.map((file) => ({ file, atMs: this.#clock.monotonicMs() })));
    this.#log.debug(`merged ${from.length} segments of ${segment.rows} records`);
    return true;
  }

  #removeMerged(): void {
    const oldestMs = this.#clock.monotonicMs() - MERGED_KEPT_MS;
    for (const { file } of this.#merged.filter(({ atMs }) => atMs < oldestMs))
      fs.rmSync(path.join(this.#files.layout.root, file), { force: true });
    this.#merged = this.#merged.filter(({ atMs }) => atMs >= oldestMs);
  }

  async #sealOne(wal: ClosedWal): Promise<void> {
    const segments = await sealWal(this.#duck, this.#files.layout, wal, this.#clock.now());
    this.#manifest.append({ kind: 'seal', wal: wal.seq, segments });
    this.#unsealed.splice(this.#unsealed.indexOf(wal), 1);
    this.#known.sealed(wal.seq);
    this.#removeSealed(SEALED_KEPT_MS);
    this.retain();
  }

  /** Removes write-ahead files that are sealed and were last written `ageMs` ago. */
  #removeSealed(ageMs: number): void {
    const { wal: directory } = this.#files.layout;
    const { sealed } = this.#files.manifest();
    const oldest = this.#clock.now().seconds * 1000 - ageMs;
    for (const name of fs.readdirSync(directory)) {
      const file = path.join(directory, name);
      const stat = fs.statSync(file, { throwIfNoEntry: false });
      if (stat && sealed.has(Number.parseInt(name, 10)) && stat.mtimeMs <= oldest) fs.rmSync(file);
    }
  }

  /** Removes segments that a crash left before the manifest named them. */
  #removeStrays(named: ReadonlySet<string>): void {
    const { segments, root } = this.#files.layout;
    for (const name of fs.readdirSync(segments, { recursive: true, encoding: 'utf8' })) {
      const file = path.join(segments, name);
      if (name.endsWith('.parquet') && !named.has(path.relative(root, file))) fs.rmSync(file);
    }
  }
}

export interface WriterParts {
  readonly options: WriterOptions;
  readonly duck: Duck;
  readonly files: StoreFiles;
  readonly clock: Clock;
  readonly log: Log;
}
