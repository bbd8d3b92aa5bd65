// Stores that this process writes, one opening for all who use it: the output `store` and the HTTP API of `up`.
import { layoutOf } from './layout.ts';
import { type OpenedStore, openForWriting, type StoreOptions } from './open-store.ts';

interface Shared {
  readonly opened: Promise<OpenedStore>;
  users: number;
}

const stores = new Map<string, Shared>();

/**
 * Opens a store for writing, or joins those who have it open; the options of the first count.
 * Its `close` ends the store when the last user calls it.
 * @throws {EnvironmentError} as {@link openForWriting}
 */
export async function openShared(options: StoreOptions): Promise<OpenedStore> {
  const { root } = layoutOf(options.directory);
  const shared = stores.get(root) ?? { opened: openForWriting(options), users: 0 };
  stores.set(root, shared);
  shared.users++;
  try {
    const { store, writer } = await shared.opened;
    return { store, writer, close: () => leave(root, shared) };
  } catch (thrown) {
    stores.delete(root);
    throw thrown;
  }
}

async function leave(root: string, shared: Shared): Promise<void> {
  if (--shared.users > 0) return;
  stores.delete(root);
  await (await shared.opened).close();
}
