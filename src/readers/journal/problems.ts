// What a journal tells beside its entries.

/** Entries that were deleted before they were read, by their sequence numbers. */
export interface Loss {
  readonly seqnumId: string;
  /** First and last number that is missing. Not every number between need have been an entry of this journal. */
  readonly from: number;
  readonly to: number;
}

/** Something that is wrong with a file. */
export interface JournalProblem {
  /** `unreadable`: cannot be opened. `damaged`: entries or fields may be missing. `unknown-format`: may be misunderstood. */
  readonly kind: 'unreadable' | 'damaged' | 'unknown-format';
  readonly path: string;
  readonly why: string;
}
