// Every record of a query, page by page.
import type { Filter, LogStore, Order, StoredRecord } from './log-store.ts';

const PAGE_ROWS = 5000;

/** Ends after the last record, or rejects with the signal's reason. */
export async function* allRecords(
  store: LogStore,
  filter: Filter,
  order: Order,
  signal: AbortSignal,
): AsyncGenerator<readonly StoredRecord[]> {
  let after: StoredRecord | undefined;
  for (;;) {
    const { records } = await store.search({ ...filter, order, limit: PAGE_ROWS, after }, signal);
    if (records.length > 0) yield records;
    if (records.length < PAGE_ROWS) return;
    after = records.at(-1);
  }
}
