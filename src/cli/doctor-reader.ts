// Reads a node's configurations one by one: what cannot be read is told, and the others are read.
import { EnvironmentError, failureText } from '../core/failure.ts';
import type { Problem } from '../core/problem.ts';
import { type ConfigText, readToml, TomlFile } from '../kata/doctor/toml-file.ts';
import type { NodeFiles } from './doctor-files.ts';

export class DoctorReader {
  readonly node: NodeFiles;
  /** What was looked at. */
  readonly seen: Set<string> = new Set();
  /** How often something that is there could not be read or understood. */
  unread = 0;
  readonly #problems = new Map<string, Problem>();
  readonly #tomls = new Map<string, TomlFile | undefined>();

  constructor(node: NodeFiles) {
    this.node = node;
  }

  /** Each once: files that two configurations share are told once. */
  get problems(): readonly Problem[] {
    return [...this.#problems.values()];
  }

  add(...problems: readonly Problem[]): void {
    for (const problem of problems) this.#problems.set(JSON.stringify(problem), problem);
  }

  texts(files: readonly string[]): readonly ConfigText[] {
    return files.flatMap((file) => {
      const text = this.#tried(file, () => this.node.read(file));
      if (text) this.seen.add(file);
      return text ?? [];
    });
  }

  tomls(files: readonly string[]): readonly TomlFile[] {
    return files.flatMap((file) => {
      if (!this.#tomls.has(file)) this.#tomls.set(file, this.#toml(file));
      return this.#tomls.get(file) ?? [];
    });
  }

  list(directory: string, ending: string): readonly string[] {
    return this.#tried(directory, () => this.node.list(directory, ending)) ?? [];
  }

  /** The files that a pattern as Go's filepath.Glob means it names; a name without a pattern is given as it is. */
  glob(pattern: string): readonly string[] {
    return this.#tried(pattern, () => this.node.glob(pattern)) ?? [];
  }

  #toml(file: string): TomlFile | undefined {
    const [text] = this.texts([file]);
    const toml = text && readToml(text);
    if (toml === undefined || toml instanceof TomlFile) return toml;
    this.unread++;
    this.add(toml);
    return undefined;
  }

  #tried<T>(file: string, read: () => T): T | undefined {
    try {
      return read();
    } catch (thrown) {
      if (!(thrown instanceof EnvironmentError)) throw thrown;
      this.unread++;
      this.add({
        code: 'doctor/unreadable',
        severity: 'error',
        message: `${failureText(thrown)}: what it says is not known here`,
        place: { file, line: 1, column: 1 },
        hint: 'run as root; where it is no regular file, whoever should read it cannot either',
      });
      return undefined;
    }
  }
}
