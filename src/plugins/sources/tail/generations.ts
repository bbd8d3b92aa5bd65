// All generations of all watched files: found again after a rotation, begun where they are new, given up where they
// are gone.

import type { Intake, KnownStream } from '../../../core/plugin.ts';
import { quoted } from '../../../core/problem.ts';
import type { FilePosition } from '../../../readers/files/position-file.ts';
import { streamKey } from '../../../search/id.ts';
import { compare } from './content.ts';
import { Generation, type GenerationFacts, readFacts } from './generation.ts';
import type { Scene, Sighting } from './scene.ts';

export interface GenerationsSettings {
  readonly tag: string;
  readonly read_from_head: boolean;
}

/** A file that is missing may come back (a mount, a rotation in two steps); after so long it is forgotten. */
const MISSING_MS = 7 * 86_400_000;

type Positions = ReadonlyMap<string, FilePosition>;

export class Generations {
  readonly all: Generation[] = [];
  readonly #settings: GenerationsSettings;
  readonly #intake: Intake;
  /** Sizes of files that were there at the first look but had no complete line, by path. */
  readonly #unread = new Map<string, number>();
  #isFirst = true;

  constructor(settings: GenerationsSettings, intake: Intake) {
    this.#settings = settings;
    this.#intake = intake;
    for (const known of intake.known()) this.#resume(known);
  }

  /** Takes in what was seen. `positions` come from a position file that somebody else wrote. */
  update(scene: Scene, positions: Positions): void {
    const unknown = this.#place(scene);
    if (this.#isFirst) this.#applyPositions(scene, positions);
    const older = unknown.filter((sighting) => !sighting.isCurrent && this.#isWanted(sighting));
    for (const sighting of older.sort((a, b) => a.seen.mtimeMs - b.seen.mtimeMs)) this.#begin(sighting, 0);
    for (const sighting of unknown) {
      if (sighting.isCurrent) this.#begin(sighting, this.#startOf(sighting, positions));
    }
    if (this.#isFirst) for (const { path, size } of scene.unfinished) this.#unread.set(path, size);
    this.#giveUp();
    this.#isFirst = false;
  }

  /** Writes changed facts to the state. */
  save(): void {
    for (const generation of this.all) {
      const facts = generation.newFacts();
      if (!facts) continue;
      generation.facts = facts;
      generation.stream.update({ ...facts });
    }
  }

  /** Forgets a file that was removed and is read to its end. */
  remove(generation: Generation): void {
    generation.closeSource();
    generation.stream.finish();
    this.all.splice(this.all.indexOf(generation), 1);
  }

  close(): void {
    for (const generation of this.all) generation.closeSource();
  }

  #resume(known: KnownStream): void {
    const facts = readFacts(known.facts);
    if (facts) this.all.push(new Generation(this.#intake.open(known, 0), facts));
    else this.#intake.log.warn(`the state knows a stream ${known.key} that is no file; it is passed over`);
  }

  /** Finds for each generation the file that holds it; returns the sightings of unknown content. */
  #place(scene: Scene): Sighting[] {
    const places = new Map<Generation, Sighting>();
    const unknown: Sighting[] = [];
    const related = relatives(this.all);
    for (const sighting of scene.sightings) {
      const { found, isPart } = find(related(sighting), sighting);
      if (found) keepBest(places, found, sighting);
      else if (!isPart) unknown.push(sighting);
    }
    for (const generation of this.all) {
      const sighting = places.get(generation);
      if (sighting) generation.moveTo(sighting.seen, sighting.isCurrent);
      else generation.losePlace(scene.ids);
    }
    return unknown;
  }

  /**
   * Whether a rotated form with unknown content is read: the patterns name it, or it was written to after the first look
   * at its path, so that it came and went unseen.
   */
  #isWanted({ seen, of, isListed }: Sighting): boolean {
    if (isListed) return !this.#isFirst || this.#settings.read_from_head;
    return seen.mtimeMs >= this.#since(of);
  }

  /** When the path was first looked at, on the clock of its files; Infinity where it was not. */
  #since(path: string): number {
    return Math.min(...this.all.filter(({ facts }) => facts.path === path).map(({ facts }) => facts.sinceMs));
  }

  #begin({ seen, of, isCurrent }: Sighting, startAt: number): void {
    const fingerprint = seen.fingerprint as string;
    const { hostId } = this.#intake;
    const key = streamKey({ hostId, kind: 'f', fingerprint, salt: this.#settings.tag });
    const facts: GenerationFacts = {
      path: of,
      fingerprint,
      id: seen.id,
      markAt: 0,
      mark: '',
      mtimeMs: seen.mtimeMs,
      sinceMs: Math.min(seen.mtimeMs, this.#since(of)),
      size: seen.size,
    };
    const generation = new Generation(this.#intake.open({ key, facts: { ...facts } }, startAt), facts);
    generation.moveTo(seen, isCurrent);
    this.all.push(generation);
    this.#intake.count('opened_files');
    if (this.#intake.once) this.#intake.count('bytes_expected', Math.max(0, seen.size - startAt));
  }

  /** A file found at the first look begins as `read_from_head` says; one found later, or in the place of another, at its head. */
  #startOf({ seen, of }: Sighting, positions: Positions): number {
    const told = positions.get(of);
    if (this.#isFirst && told) return told.ino === seen.ino && told.position <= seen.size ? told.position : 0;
    const isReplaced = this.all.some(({ facts }) => facts.path === of);
    if (this.#settings.read_from_head || isReplaced) return 0;
    if (this.#isFirst) return seen.isGzip ? 0 : seen.size;
    const unread = this.#unread.get(of);
    this.#unread.delete(of);
    return unread ?? 0;
  }

  /** Positions that another program left win over the state's. */
  #applyPositions(scene: Scene, positions: Positions): void {
    for (const generation of [...this.all]) {
      const told = generation.isCurrent ? positions.get(generation.facts.path) : undefined;
      const seen = generation.place;
      if (!told || !seen) continue;
      const position = told.ino === seen.ino && told.position <= seen.size ? told.position : 0;
      if (position === generation.position) continue;
      this.#intake.log.info(`${quoted(generation.facts.path)} goes on at ${position}, as its pos_file says`);
      const sighting = scene.sightings.find((candidate) => candidate.seen === seen);
      if (sighting) this.#begin(sighting, position);
      this.remove(generation);
    }
  }

  /** Gives up generations whose content is nowhere while something new is in their place. */
  #giveUp(): void {
    const nowMs = this.#intake.clock.now().seconds * 1000;
    for (const generation of [...this.all]) {
      if (generation.place) continue;
      const { path, mtimeMs } = generation.facts;
      const isReplaced = this.all.some((other) => other.isCurrent && other.facts.path === path);
      if (!isReplaced && nowMs - mtimeMs < MISSING_MS) continue;
      this.#tellLost(generation);
      this.remove(generation);
    }
  }

  #tellLost({ facts, position }: Generation): void {
    const lost = facts.size - position;
    if (lost <= 0) return;
    this.#intake.count('overwritten_bytes', lost);
    this.#intake.log.error(
      `at least ${lost} bytes of ${quoted(facts.path)} were overwritten or removed before they could be read`,
    );
  }
}

/** The generation whose content a file holds. `isPart`: a copy that is being made, or an old one. */
function find(
  candidates: readonly Generation[],
  { seen, isCurrent }: Sighting,
): { readonly found?: Generation; readonly isPart?: boolean } {
  let isPart = false;
  for (const generation of candidates) {
    const likeness = compare(generation, seen);
    if (likeness === 'holds') return { found: generation };
    // Shorter at its own path: the file was emptied and has begun anew with the same line.
    if (likeness === 'part' && !isCurrent) isPart = true;
  }
  return { isPart };
}

/** Finds the generations that a file may hold: of the same path, or last seen in the same file. */
function relatives(all: readonly Generation[]): (sighting: Sighting) => readonly Generation[] {
  const byPath = new Map<string, Generation[]>();
  const byId = new Map<string, Generation[]>();
  for (const generation of all) {
    append(byPath, generation.facts.path, generation);
    append(byId, generation.place?.id ?? generation.facts.id, generation);
  }
  return ({ seen, of }) => [...(byId.get(seen.id) ?? []), ...(byPath.get(of) ?? [])];
}

function append<V>(lists: Map<string, V[]>, key: string, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

/** Of several files with one content, the one that was read before; a copy counts where it holds more. */
function keepBest(places: Map<Generation, Sighting>, generation: Generation, sighting: Sighting): void {
  const best = places.get(generation);
  if (!best || rank(generation, sighting) > rank(generation, best)) places.set(generation, sighting);
}

function rank(generation: Generation, { seen, isCurrent }: Sighting): number {
  const isSame = seen.id === (generation.place?.id ?? generation.facts.id);
  const hasMore = seen.isGzip || seen.size > generation.position;
  return (isSame ? 4 : 0) + (isCurrent ? 2 : 0) + (hasMore ? 1 : 0);
}
