/** What became of the true records of one shape, in counts. */
export interface ScoreRow {
  readonly expected: number;
  readonly handled: number;
  readonly invented: number;
  readonly changed: number;
  readonly wrong: number;
  readonly percent: number;
}

export declare class Score {
  addTruth(truth: object): void;
  addRecord(record: object, file: string): void;
  finish(): readonly (readonly [string, ScoreRow])[];
}

export declare function isKept(name: string, row: ScoreRow): boolean;
