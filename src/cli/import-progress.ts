// How far an import is: what was read, how fast, and how long the rest takes.

/** What is known of an import at some moment. */
export interface ImportState {
  /** Entries, records or lines. */
  readonly count: number;
  readonly unit: string;
  readonly bytes: number;
  /** Share that is done, 0 … 1; undefined where nobody knows how much there is. */
  readonly share: number | undefined;
}

const BYTES_PER_MB = 1e6;
/** Before that a guess of the time left would jump about. */
const GUESS_AFTER_MS = 1000;

export class ImportProgress {
  readonly #nowMs: () => number;
  readonly #startMs: number;

  /** @param nowMs monotonic milliseconds */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#startMs = nowMs();
  }

  /** As `120,000 entries (24 %), 96.1 MB, 48 MB/s, 12 s left`. */
  text({ count, unit, bytes, share }: ImportState): string {
    const tookMs = this.#nowMs() - this.#startMs;
    const mb = bytes / BYTES_PER_MB;
    const done = share === undefined ? '' : ` (${Math.floor(share * 100)} %)`;
    const speed = tookMs > 0 ? `, ${((mb * 1000) / tookMs).toFixed(0)} MB/s` : '';
    return `${count.toLocaleString('en')} ${unit}${done}, ${mb.toFixed(1)} MB${speed}${leftText(share, tookMs)}`;
  }
}

function leftText(share: number | undefined, tookMs: number): string {
  if (share === undefined || share <= 0 || share >= 1 || tookMs < GUESS_AFTER_MS) return '';
  const seconds = Math.ceil((tookMs * (1 - share)) / share / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return `, ${seconds} s left`;
  return minutes < 60
    ? `, ${minutes} min ${seconds % 60} s left`
    : `, ${Math.floor(minutes / 60)} h ${minutes % 60} min left`;
}

/** Counters by plugin. */
type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** How far the sources of a run are. */
export function stateOf(counters: Counts): ImportState {
  const sources = Object.values(counters).filter((counts) => counts['bytes_in'] !== undefined);
  const sum = (name: string): number => sources.reduce((total, counts) => total + (counts[name] ?? 0), 0);
  return { count: sum('records_out'), unit: 'records', bytes: sum('bytes_in'), share: leastShare(sources) };
}

/** Of the source that has the furthest to go; undefined where one of them cannot tell. */
function leastShare(sources: readonly Counts[string][]): number | undefined {
  const shares = sources.map((counts) => {
    if (counts['entries_expected']) return (counts['entries'] ?? 0) / counts['entries_expected'];
    return counts['bytes_expected'] ? (counts['bytes_in'] ?? 0) / counts['bytes_expected'] : Number.NaN;
  });
  const least = Math.min(...shares);
  return shares.length === 0 || Number.isNaN(least) ? undefined : Math.min(1, least);
}
