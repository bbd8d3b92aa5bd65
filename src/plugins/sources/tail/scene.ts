// One look at the disk: the watched files, and the files beside them that may be their former content.
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Intake } from '../../../core/plugin.ts';
import { quoted } from '../../../core/problem.ts';
import { listPaths, onDisk, type PathPatterns } from '../../../readers/files/path-patterns.ts';
import { rotatedFrom } from '../../../readers/files/rotated-names.ts';
import { FileLooker, type SeenFile } from '../../../readers/files/seen-file.ts';

/** A file with a fingerprint. */
export interface Sighting {
  readonly seen: SeenFile;
  /** The watched path, as the configuration means it, at which it lies or of which it is a rotated form. */
  readonly of: string;
  /** It lies at the watched path itself. */
  readonly isCurrent: boolean;
  /** The patterns name it; else it only lies beside a watched file. */
  readonly isListed: boolean;
}

export interface Scene {
  /** Rotated forms first. */
  readonly sightings: readonly Sighting[];
  /** Watched files that are missing (of size 0, then) or whose first line is not complete yet. */
  readonly unfinished: readonly { readonly path: string; readonly size: number }[];
  /** `dev:ino` of everything seen. */
  readonly ids: ReadonlySet<string>;
  /** Directories, on this machine, of everything watched. */
  readonly directories: ReadonlySet<string>;
}

/** A path that is watched although the patterns may not name it now, and the file that was last read there. */
export interface Remembered {
  readonly path: string;
  readonly id: string;
}

export class SceneLooker {
  readonly #looker = new FileLooker();
  readonly #patterns: PathPatterns;
  readonly #intake: Intake;
  readonly #maxAgeSeconds: number | undefined;
  readonly #forbidden = new Set<string>();

  /** @param maxAgeSeconds files that a pattern found are left out when they were not written to for so long. */
  constructor(patterns: PathPatterns, intake: Intake, maxAgeSeconds: number | undefined) {
    this.#patterns = patterns;
    this.#intake = intake;
    this.#maxAgeSeconds = maxAgeSeconds;
  }

  async look(remembered: readonly Remembered[]): Promise<Scene> {
    const listed = listPaths(this.#patterns, this.#intake.clock.now());
    const making = new SceneMaker(remembered);
    const names = new Set([...remembered, ...listed].map(({ path: name }) => name));
    // A pattern may also find what rotation made of a file that it finds.
    const isRotatedForm = (name: string): boolean => rotatedFrom(name).some((log) => names.has(log));
    for (const { path: name, isGlobbed } of listed) {
      if (isGlobbed && isRotatedForm(name)) making.listed.add(name);
      else await this.#addCurrent(making, name, isGlobbed);
    }
    for (const { path: name } of remembered) {
      if (!making.watched.has(name) && !isRotatedForm(name)) await this.#addCurrent(making, name, false);
    }
    await this.#addBeside(making);
    this.#looker.keepOnly(making.ids);
    return making.scene();
  }

  /** What was known of a file's content does not hold any more. */
  forget(id: string): void {
    this.#looker.forget(id);
  }

  async #addCurrent(making: SceneMaker, name: string, isGlobbed: boolean): Promise<void> {
    making.watched.add(name);
    making.directories.add(onDisk(this.#patterns.root, path.dirname(name)));
    const seen = await this.#look(name);
    if (!seen) making.miss(name);
    else if (!(isGlobbed && this.#isTooOld(seen))) making.add({ seen, of: name, isCurrent: true, isListed: true });
  }

  async #addBeside(making: SceneMaker): Promise<void> {
    const directories = new Set([...making.watched].map((name) => path.dirname(name)));
    for (const directory of directories) {
      for (const entry of entriesOf(onDisk(this.#patterns.root, directory))) {
        const name = path.join(directory, entry);
        if (making.watched.has(name)) continue;
        const of = making.logOf(name, onDisk(this.#patterns.root, name));
        const seen = of === undefined ? undefined : await this.#look(name);
        const isListed = making.listed.has(name);
        if (seen && of !== undefined)
          making.add({ seen, of, isCurrent: false, isListed: isListed && !this.#isTooOld(seen) });
      }
    }
  }

  async #look(name: string): Promise<SeenFile | undefined> {
    const seen = await this.#looker.look(onDisk(this.#patterns.root, name));
    if (typeof seen !== 'string') return seen;
    if (seen === 'forbidden' && !this.#forbidden.has(name)) {
      this.#forbidden.add(name);
      this.#intake.log.warn(`${quoted(name)} cannot be read: permission denied`);
    }
    return undefined;
  }

  #isTooOld(seen: SeenFile): boolean {
    const nowSeconds = this.#intake.clock.now().seconds;
    return this.#maxAgeSeconds !== undefined && seen.mtimeMs / 1000 < nowSeconds - this.#maxAgeSeconds;
  }
}

class SceneMaker {
  readonly ids = new Set<string>();
  readonly directories = new Set<string>();
  /** Watched paths, whether there is a file or not. */
  readonly watched = new Set<string>();
  /** Rotated forms that the patterns name. */
  readonly listed = new Set<string>();
  readonly #pathOfId: ReadonlyMap<string, string>;
  readonly #current: Sighting[] = [];
  readonly #rotated: Sighting[] = [];
  readonly #unfinished: { readonly path: string; readonly size: number }[] = [];

  constructor(remembered: readonly Remembered[]) {
    this.#pathOfId = new Map(remembered.map(({ path: name, id }) => [id, name] as const));
  }

  /** The watched path of which a file is a rotated form, by its name or because it was read there. */
  logOf(name: string, nameOnDisk: string): string | undefined {
    const log = rotatedFrom(name).find((candidate) => this.watched.has(candidate));
    if (log !== undefined || this.#pathOfId.size === 0) return log;
    const stat = fs.statSync(nameOnDisk, { bigint: true, throwIfNoEntry: false });
    return stat && this.#pathOfId.get(`${stat.dev}:${stat.ino}`);
  }

  add(sighting: Sighting): void {
    const { seen, of, isCurrent } = sighting;
    this.ids.add(seen.id);
    if (seen.fingerprint !== undefined) (isCurrent ? this.#current : this.#rotated).push(sighting);
    else if (isCurrent) this.#unfinished.push({ path: of, size: seen.size });
  }

  miss(name: string): void {
    this.#unfinished.push({ path: name, size: 0 });
  }

  scene(): Scene {
    const { ids, directories } = this;
    return { sightings: [...this.#rotated, ...this.#current], unfinished: this.#unfinished, ids, directories };
  }
}

function entriesOf(directory: string): string[] {
  try {
    return fs.readdirSync(directory);
  } catch {
    // Not there, or not to be read: the files in it say so themselves.
    return [];
  }
}
