// The source at work: looks for files, reads a block of each in turn, waits for more.
import * as fs from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Intake, Parser, Source } from '../../../core/plugin.ts';
import { quoted } from '../../../core/problem.ts';
import { type Changed, FileChanges } from '../../../readers/files/changes.ts';
import {
  type GlobPolicy,
  onDisk,
  type PathPatterns,
  watchedDirectories,
} from '../../../readers/files/path-patterns.ts';
import { type FilePosition, formatPositionFile, parsePositionFile } from '../../../readers/files/position-file.ts';
import { readIfThere } from '../../shared/read-if-there.ts';
import { BlockReader } from './block-reader.ts';
import type { Generation } from './generation.ts';
import { Generations } from './generations.ts';
import { LineRoad, type LineRoadSettings } from './line-road.ts';
import { SceneLooker } from './scene.ts';
import { Throttle } from './throttle.ts';

export interface TailSettings extends LineRoadSettings {
  readonly path: string;
  readonly path_delimiter: string;
  readonly glob_policy: GlobPolicy;
  readonly path_timezone: string | undefined;
  readonly exclude_path: readonly string[];
  readonly tag: string;
  readonly pos_file: string | undefined;
  readonly read_from_head: boolean;
  readonly refresh_interval: number;
  readonly limit_recently_modified: number | undefined;
  readonly rotate_wait: number;
  readonly multiline_flush_interval: number | undefined;
  readonly read_bytes_limit_per_second: number;
  readonly enable_watch_timer: boolean;
  readonly enable_stat_watcher: boolean;
}

type PatternSettings = Pick<TailSettings, 'path' | 'path_delimiter' | 'glob_policy' | 'path_timezone' | 'exclude_path'>;

const POLL_MS = 1000;

export class Tail implements Source {
  readonly #settings: TailSettings;
  readonly #parser: Parser;
  #run: TailRun | undefined;

  constructor(settings: TailSettings, parser: Parser) {
    this.#settings = settings;
    this.#parser = parser;
  }

  async run(intake: Intake, signal: AbortSignal): Promise<void> {
    const run = new TailRun(this.#settings, this.#parser, intake);
    this.#run = run;
    try {
      await run.whole(signal);
    } catch (thrown) {
      if (!signal.aborted) throw thrown;
    } finally {
      run.flush();
      run.close();
    }
  }

  lagBytes(): number {
    return this.#run?.lagBytes ?? 0;
  }
}

class TailRun {
  readonly #settings: TailSettings;
  readonly #intake: Intake;
  readonly #patterns: PathPatterns;
  readonly #looker: SceneLooker;
  readonly #generations: Generations;
  readonly #reader: BlockReader;
  readonly #changes: FileChanges;
  readonly #throttle: Throttle;
  readonly #positionPath: string | undefined;
  #positions: ReadonlyMap<string, FilePosition> = new Map();
  /** Watched files, on this machine, that are missing or have no complete line yet. */
  #unfinished: readonly string[] = [];
  #lookedAtMs = 0;
  #savedAtMs = 0;
  #mustLook = true;

  constructor(settings: TailSettings, parser: Parser, intake: Intake) {
    this.#settings = settings;
    this.#intake = intake;
    this.#patterns = patternsOf(settings, intake.root);
    this.#looker = new SceneLooker(this.#patterns, intake, settings.limit_recently_modified);
    this.#generations = new Generations(settings, intake);
    this.#reader = new BlockReader(intake, new LineRoad(settings, parser, intake));
    const pollMs = settings.enable_watch_timer ? POLL_MS : settings.refresh_interval * 1000;
    this.#changes = new FileChanges(intake.clock, pollMs, settings.enable_stat_watcher && !intake.once);
    this.#throttle = new Throttle(settings.read_bytes_limit_per_second, intake.clock);
    const { pos_file: posFile } = settings;
    this.#positionPath = posFile === undefined ? undefined : onDisk(intake.root, posFile);
  }

  async whole(signal: AbortSignal): Promise<void> {
    this.#openPositionFile();
    while (!signal.aborted) {
      if (this.#mustLook) await this.#look();
      if (await this.#readAll(signal)) continue;
      this.#save();
      if (this.#mustLook) continue;
      if (this.#intake.once) return;
      const { multiline_flush_interval: idle } = this.#settings;
      if (idle !== undefined) this.#reader.flushIdle(idle * 1000);
      this.#take(await this.#changes.next(signal));
    }
  }

  get lagBytes(): number {
    return this.#generations.all.reduce((sum, { lagBytes }) => sum + lagBytes, 0);
  }

  /** No further lines come: those that wait go on as they are. */
  flush(): void {
    this.#reader.flushIdle(0);
  }

  close(): void {
    this.#changes.close();
    this.#generations.save();
    this.#generations.close();
  }

  async #look(): Promise<void> {
    this.#mustLook = false;
    this.#lookedAtMs = this.#intake.clock.monotonicMs();
    const remembered = this.#generations.all.map(({ facts, place }) => ({
      path: facts.path,
      id: place?.id ?? facts.id,
    }));
    const scene = await this.#looker.look(remembered);
    this.#generations.update(scene, this.#positions);
    this.#unfinished = scene.unfinished.map(({ path }) => onDisk(this.#patterns.root, path));
    const directories = watchedDirectories(this.#patterns, this.#intake.clock.now());
    this.#changes.watch([...scene.directories, ...directories]);
  }

  /** Reads a block of each generation in turn until none has more; whether anything was read. */
  async #readAll(signal: AbortSignal): Promise<boolean> {
    let hasRead = false;
    for (const generation of [...this.#generations.all]) {
      if (!generation.isDirty) continue;
      const waitMs = this.#throttle.waitMs(generation);
      if (waitMs > 0) {
        if (this.#intake.once) await this.#intake.clock.sleep(waitMs, signal);
        else continue;
      }
      await this.#intake.room(signal);
      hasRead = (await this.#readOne(generation)) || hasRead;
      // Gives way to everything else that waits: sockets, signals, other sources.
      await nextTurn();
      signal.throwIfAborted();
    }
    return hasRead;
  }

  async #readOne(generation: Generation): Promise<boolean> {
    const { path } = generation.facts;
    const origin = { path, tag: tagOf(this.#settings.tag, path) };
    const before = generation.position;
    const isComplete = this.#isComplete(generation);
    const result = await this.#reader.read(generation, origin, isComplete);
    generation.stream.atEnd(result !== 'read');
    this.#throttle.took(generation, generation.position - before);
    if (result === 'read') return true;
    if (result === 'overwritten') this.#lose(generation);
    else this.#rest(generation, isComplete);
    return false;
  }

  /** The content in front of the position is gone; what was not read is lost unless a copy of it turns up. */
  #lose(generation: Generation): void {
    if (generation.place) this.#looker.forget(generation.place.id);
    generation.losePlace(new Set(generation.place ? [generation.place.id] : []));
    generation.isDirty = false;
    this.#mustLook = true;
  }

  /** Everything there is was read. A rotated file is kept open until it was silent for a while. */
  #rest(generation: Generation, isComplete: boolean): void {
    if (generation.isCurrent) {
      generation.isDirty = false;
      return;
    }
    if (!isComplete && !this.#intake.once) return;
    this.#reader.flush(generation);
    generation.isDirty = false;
    generation.closeSource();
    if (generation.isRemoved) this.#generations.remove(generation);
  }

  /** Nobody will write to it any more: compressed, or rotated and silent for `rotate_wait`. */
  #isComplete({ place, isCurrent, isRemoved }: Generation): boolean {
    if (!place) return true;
    if (place.isGzip) return true;
    if (isCurrent) return false;
    const mtimeMs = isRemoved ? place.mtimeMs : (statMs(place.path) ?? place.mtimeMs);
    const now = this.#intake.clock.now();
    return now.seconds * 1000 + now.nanos / 1e6 - mtimeMs >= this.#settings.rotate_wait * 1000;
  }

  #take(changed: Changed): void {
    const nowMs = this.#intake.clock.monotonicMs();
    const isDue = nowMs - this.#lookedAtMs >= this.#settings.refresh_interval * 1000;
    // A file without a complete line becomes a generation once it has one.
    const isBegun = this.#unfinished.some((path) => changed.paths === 'all' || changed.paths.has(path));
    if (changed.names || isDue || isBegun) this.#mustLook = true;
    if (changed.paths === 'all') this.#takeTick();
    else for (const generation of this.#generations.all) generation.isDirty ||= isIn(changed.paths, generation);
  }

  /** Every second: whatever no notice told. */
  #takeTick(): void {
    for (const generation of this.#generations.all) {
      const { place, isCurrent } = generation;
      if (!place || !isCurrent) continue;
      generation.isDirty = true;
      if (idAt(place.path) !== place.id) this.#mustLook = true;
    }
  }

  #save(): void {
    const nowMs = this.#intake.clock.monotonicMs();
    if (nowMs - this.#savedAtMs < POLL_MS && !this.#intake.once) return;
    this.#savedAtMs = nowMs;
    this.#generations.save();
  }

  #openPositionFile(): void {
    const path = this.#positionPath;
    if (path === undefined) return;
    const text = readIfThere(path, (problem) =>
      this.#intake.log.warn(`cannot read the position file ${quoted(path)}: ${problem}`),
    );
    if (text !== undefined && !this.#intake.wrotePositionFile(path, text)) {
      const { positions, unreadable } = parsePositionFile(text);
      if (unreadable > 0)
        this.#intake.log.warn(`${unreadable} lines of ${quoted(path)} are no positions; they are passed over`);
      this.#positions = positions;
    }
    this.#intake.positionFile(path, () => this.#positionText());
  }

  #positionText(): string {
    const positions = new Map<string, FilePosition>();
    for (const { facts, place, stream, isCurrent } of this.#generations.all) {
      if (place && isCurrent) positions.set(facts.path, { position: stream.watermark, ino: place.ino });
    }
    return formatPositionFile(positions);
  }
}

/** @param root prefix of every path on this machine, or empty. */
export function patternsOf(settings: PatternSettings, root: string): PathPatterns {
  return {
    paths: settings.path.split(settings.path_delimiter).map((path) => path.trim()),
    excluded: settings.exclude_path,
    policy: settings.glob_policy,
    zone: settings.path_timezone ?? 'local',
    root,
  };
}

/** The first `*` of the tag stands for the path: slashes are dots, none doubled, none in front. */
function tagOf(tag: string, path: string): string {
  const star = tag.indexOf('*');
  if (star < 0) return tag;
  const dotted = path
    .replaceAll('/', '.')
    .replace(/\.{2,}/g, '.')
    .replace(/^\./, '');
  return tag.slice(0, star) + dotted + tag.slice(star + 1);
}

function isIn(paths: ReadonlySet<string>, { place }: Generation): boolean {
  return place !== undefined && paths.has(place.path);
}

function idAt(path: string): string | undefined {
  const stat = fs.statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat && `${stat.dev}:${stat.ino}`;
}

function statMs(path: string): number | undefined {
  return fs.statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}
