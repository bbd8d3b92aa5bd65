/** A small seeded generator: the same sequence for the same seed. */
export declare class Random {
  constructor(seed: number);
  /** An integer from `low` to `high`, both included. */
  int(low: number, high: number): number;
  /** True in `share` of the calls (0 to 1). */
  chance(share: number): boolean;
  pick<T>(list: readonly T[]): T;
  hex(length: number): string;
  shuffled<T>(list: readonly T[]): T[];
}
