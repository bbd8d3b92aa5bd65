// What a store keeps: whole segments go, the oldest first, by age and then by size.
import type { Instant } from '../core/event.ts';
import { compareNanos } from './files.ts';
import type { Segment } from './manifest.ts';

export interface Retention {
  /** Since a segment was sealed. */
  readonly maxAgeSeconds: number;
  /** Of all segments together. */
  readonly maxBytes: number;
}

export interface Expired {
  readonly segment: Segment;
  readonly why: 'age' | 'bytes';
}

/** The segments that a retention lets go at `now`. */
export function expired(
  segments: readonly Segment[],
  { maxAgeSeconds, maxBytes }: Retention,
  now: Instant,
): readonly Expired[] {
  const byAge = segments.filter(({ sealedAt }) => sealedAt < now.seconds - maxAgeSeconds);
  const kept = segments
    .filter((segment) => !byAge.includes(segment))
    .sort((a, b) => a.sealedAt - b.sealedAt || compareNanos(a.max, b.max));
  let bytes = kept.reduce((sum, segment) => sum + segment.bytes, 0);
  const bySize: Segment[] = [];
  for (const segment of kept) {
    if (bytes <= maxBytes) break;
    bySize.push(segment);
    bytes -= segment.bytes;
  }
  return [
    ...byAge.map((segment) => ({ segment, why: 'age' as const })),
    ...bySize.map((segment) => ({ segment, why: 'bytes' as const })),
  ];
}
