// Buckets of a histogram: of a length that people count in.

const SECOND = 1_000_000_000n;
const INTERVALS: readonly bigint[] = [
  ...[1n, 2n, 5n, 10n, 20n, 50n, 100n, 200n, 500n].map((ms) => ms * 1_000_000n),
  ...[1n, 2n, 5n, 10n, 15n, 30n].map((s) => s * SECOND),
  ...[1n, 2n, 5n, 10n, 15n, 30n].map((m) => m * 60n * SECOND),
  ...[1n, 2n, 3n, 6n, 12n].map((h) => h * 3600n * SECOND),
  ...[1n, 2n, 7n, 30n, 90n, 365n].map((d) => d * 86_400n * SECOND),
];

/** The shortest interval that needs at most `buckets` buckets, counted from the epoch. */
export function histogramInterval(
  { from, to }: { readonly from: bigint; readonly to: bigint },
  buckets: number,
): bigint {
  const count = BigInt(Math.max(1, buckets));
  const fits = (interval: bigint): boolean => (to - 1n) / interval - from / interval < count;
  const last = INTERVALS.at(-1) as bigint;
  return INTERVALS.find(fits) ?? last * ((to - from) / (last * count) + 1n);
}
