/** What was written of one sample file; line numbers count from 1. */
export interface SampleFile {
  readonly name: string;
  readonly lines: number;
  readonly bytes: number;
  readonly damagedLines: readonly number[];
}

/** Writes the sample logs into `directory` (made if missing), the same bytes on every run. Throws what the file system throws. */
export declare function generateSamples(directory: string): readonly SampleFile[];
