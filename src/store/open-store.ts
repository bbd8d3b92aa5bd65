// Opens a store: to read it beside whoever writes it, or to write it as the only one.
import * as fs from 'node:fs';
import { EnvironmentError } from '../core/failure.ts';
import type { Clock, Log } from '../core/plugin.ts';
import { Duck } from './duck.ts';
import { DuckStore } from './duck-store.ts';
import { StoreFiles } from './files.ts';
import { layoutOf } from './layout.ts';
import { lockDirectory } from './lock.ts';
import { StoreWriter, WRITER_DEFAULTS, type WriterOptions } from './writer.ts';

export interface OpenedStore {
  readonly store: DuckStore;
  readonly writer: StoreWriter;
  /** Ends both and gives the lock back. */
  close(): Promise<void>;
}

export interface StoreOptions {
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly writer?: Partial<WriterOptions>;
}

/** @throws {EnvironmentError} `store/locked`, `store/write`, `store/format`, `store/manifest` */
export async function openForWriting({ directory, clock, log, writer: options }: StoreOptions): Promise<OpenedStore> {
  const layout = layoutOf(directory);
  try {
    fs.mkdirSync(layout.root, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new EnvironmentError('store/write', `cannot make ${layout.root}`, { cause });
  }
  const unlock = lockDirectory(layout.root, 'store/locked', 'stop it, or name another directory');
  try {
    const files = new StoreFiles(layout);
    const duck = new Duck(layout);
    const writer = await StoreWriter.open({ options: { ...WRITER_DEFAULTS, ...options }, duck, files, clock, log });
    const store = new DuckStore(files, duck, clock, writer);
    return {
      store,
      writer,
      close: async () => {
        await store.close();
        unlock();
      },
    };
  } catch (thrown) {
    unlock();
    throw thrown;
  }
}

/** @throws {EnvironmentError} `store/missing` when there is no store, `store/format`, `store/manifest` */
export function openForReading(directory: string, clock: Clock): DuckStore {
  const layout = layoutOf(directory);
  if (!fs.existsSync(layout.manifest)) {
    throw new EnvironmentError('store/missing', `there is no store in ${layout.root}: katalog up makes one`);
  }
  const files = new StoreFiles(layout);
  files.manifest();
  return new DuckStore(files, new Duck(layout), clock);
}
