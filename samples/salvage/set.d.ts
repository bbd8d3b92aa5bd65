export interface SalvageSetOptions {
  readonly directory: string;
  readonly records: number;
  /** `C1`…`C26`: only this damage is put in. */
  readonly shape?: string;
  readonly seed?: number;
}

/** Writes input files and truth.ndjson; gives the number of true records in all and by shape (`none`: undamaged). */
export declare function writeSalvageSet(options: SalvageSetOptions): {
  readonly records: number;
  readonly counts: ReadonlyMap<string, number>;
};
