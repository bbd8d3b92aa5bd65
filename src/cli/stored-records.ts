// Reads Kata records from a store or a cluster for the commands that look at them as a whole.
import { seenOf } from '../api/sandbox-views.ts';
import type { Query } from '../formats/kql/query.ts';
import { timeText } from '../formats/kql/time-bound.ts';
import { readInstant } from '../kata/instant.ts';
import { newKata } from '../kata/record.ts';
import { Redactor } from '../kata/redact.ts';
import type { Seen } from '../kata/sandbox-book.ts';
import { mayHoldSecret } from '../kata/secret-words.ts';
import { allRecords } from '../store/all-records.ts';
import { type LogPlace, openLogs } from './open-logs.ts';
import { ProgressLine } from './progress-line.ts';

/** What of a store is wanted; files are read whole. */
export interface Wanted {
  /** Records of this sandbox, by the beginning of its id, and what is said of all. */
  readonly sandbox?: string | undefined;
  readonly problemsOnly?: true;
}

/**
 * @returns how many records there are, wanted or not
 * @throws {EnvironmentError} `store/…`, `search/…`
 */
export async function readStoredRecords(
  place: LogPlace,
  wanted: Wanted,
  emit: (record: Seen) => void,
): Promise<number> {
  const { signal } = new AbortController();
  const progress = new ProgressLine(process.stderr);
  let count = 0;
  const store = await openLogs(place);
  progress.start(() => `${count.toLocaleString('en')} records read`);
  try {
    for await (const page of allRecords(store, { query: queryOf(wanted) }, 'asc', signal)) {
      for (const record of page) emit(redacted(seenOf(record)));
      count += page.length;
    }
    // Where the log ends tells who stands still.
    const { last, records } = await store.overview(signal);
    const end = last === undefined ? undefined : readInstant(timeText(last));
    if (end) emit({ kata: { ...newKata(), time: end } });
    return records;
  } finally {
    progress.stop();
    await store.close();
  }
}

const field = (name: string, ...pieces: string[]): Query => ({
  kind: 'field',
  field: name,
  match: pieces.length > 0 ? { kind: 'text', pieces } : { kind: 'exists' },
});

function queryOf({ sandbox, problemsOnly }: Wanted): Query {
  const suppressed = field('kata.event', 'suppressed');
  if (problemsOnly) {
    const bad: Query = {
      kind: 'field',
      field: 'level',
      match: { kind: 'range', low: { value: 'error', inclusive: true } },
    };
    return { kind: 'or', parts: [bad, field('kata.problem', 'true'), field('kata.gap', 'true'), field('kata.event')] };
  }
  const whose = sandbox === undefined ? field('sandbox') : field('sandbox', sandbox, '');
  return { kind: 'or', parts: [whose, suppressed] };
}

/** What was stored without the filter `kata` may have secrets in its texts. */
function redacted(seen: Seen): Seen {
  const { kata } = seen;
  const redactor = new Redactor();
  for (const name of ['msg', 'error'] as const) {
    const text = kata[name];
    if (text !== undefined && mayHoldSecret(text)) kata[name] = String(redactor.value(name, text));
  }
  return seen;
}
