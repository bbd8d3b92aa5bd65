// What a configuration may ask of the place where it runs.

export interface Environment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly hostname: string;
  readonly workerId: number;
  /** Told every value that the configuration takes from `env`. */
  readonly onRead?: (value: string) => void;
  /** Prefix of every absolute path of the configuration, or empty. */
  readonly root: string;
}

/** How included files are found and read; the config room itself does it in files.ts only. */
export interface FileAccess {
  /** @throws {EnvironmentError} `config/unreadable` */
  readFile(path: string): string;
  /** Sorted absolute paths; a plain name gives itself where it exists. */
  glob(pattern: string): readonly string[];
}

export interface ReadContext extends FileAccess {
  readonly environment: Environment;
}
