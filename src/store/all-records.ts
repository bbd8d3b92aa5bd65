// Every record of a query, page by page.
import type { Filter, LogStore, Order, StoredRecord } from './log-store.ts';

const PAGE_ROWS = 5000;
/** Records of few fields are small. */
const FEW_FIELDS_PAGE_ROWS = 50_000;

/** Ends after the last record, or rejects with the signal's reason. @param fields the only ones that are needed */
export async function* allRecords(
  store: LogStore,
  filter: Filter,
  order: Order,
  signal: AbortSignal,
  fields?: readonly string[],
): AsyncGenerator<readonly StoredRecord[]> {
  const limit = fields ? FEW_FIELDS_PAGE_ROWS : PAGE_ROWS;
  let after: StoredRecord | undefined;
  for (;;) {
    const { records } = await store.search({ ...filter, order, limit, after, fields }, signal);
    if (records.length > 0) yield records;
    if (records.length < limit) return;
    after = records.at(-1);
  }
}
