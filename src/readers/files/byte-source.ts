// The bytes of one file generation by position, plain or gzip'd.

/** Reads bytes by their position in the uncompressed content. */
export interface ByteSource {
  /** Makes `length` bytes from `position` on ready to be read, or what there is of them. */
  prepare(position: number, length: number): Promise<void>;
  /**
   * Fills `target` from `at` with up to `length` prepared bytes from `position` on.
   * @returns the bytes read; fewer than `length` at the present end only.
   */
  read(target: Buffer, at: number, length: number, position: number): number;
  /** Nothing will ever be appended. */
  readonly isFinal: boolean;
  close(): void;
}
