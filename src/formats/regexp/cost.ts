// What the backtracking engine may cost on the worst text: linear, a power of the text's length, or exponential.
//
// The tree becomes its position automaton (Glushkov): one position for each set of characters, and which may follow which.
// A loop in which one text has two ways is exponential. Two loops on one way that share characters, also in what stands
// between them, add a power. An expression that is looked for everywhere in the text begins anew at each place: a power.
import { intersection, type Ranges, type Tree } from './tree.ts';

export type Cost = { readonly kind: 'power'; readonly power: number } | { readonly kind: 'exponential' };

/** Beyond this many positions the analysis would cost too much itself; the worst is assumed. */
const POSITIONS_MAX = 600;
/** A counted repeat is written out so often; beyond it, it counts as a loop. */
const COPIES_MAX = 4;

/** @param isAnchored the expression is tried at one place of the text only. */
export function costOf(tree: Tree, isAnchored: boolean): Cost {
  const automaton = new Automaton();
  if (!automaton.add(tree)) return { kind: 'exponential' };
  const loops = automaton.loops();
  if (loops.some((loop) => loop.isAmbiguous)) return { kind: 'exponential' };
  const searches = isAnchored || loops.length === 0 ? 0 : 1;
  const power = longestChain(loops, automaton) + searches + automaton.looksWithLoops;
  return { kind: 'power', power: Math.max(power, 1) };
}

interface Part {
  readonly first: readonly number[];
  readonly last: readonly number[];
  readonly canBeEmpty: boolean;
}

interface Loop {
  readonly positions: ReadonlySet<number>;
  readonly isAmbiguous: boolean;
}

const NOTHING: Part = { first: [], last: [], canBeEmpty: true };

class Automaton {
  readonly sets: Ranges[] = [];
  readonly follow: Set<number>[] = [];
  /** Each may run to the end of the text at each place where it is asked. */
  looksWithLoops = 0;
  /** Positions with two edges to the same position: two ways for one character. */
  readonly #doubled = new Set<number>();

  /** False where it is too large. */
  add(tree: Tree): boolean {
    this.#part(tree);
    return this.sets.length <= POSITIONS_MAX;
  }

  #part(tree: Tree): Part {
    if (this.sets.length > POSITIONS_MAX) return NOTHING;
    switch (tree.kind) {
      case 'set':
        return this.#position(tree.ranges);
      case 'sequence':
        return tree.items.map((item) => this.#part(item)).reduce((a, b) => this.#joined(a, b), NOTHING);
      case 'choice':
        return this.#choice(tree.items);
      case 'repeat':
        return this.#repeat(tree);
      case 'capture':
      case 'atomic':
        return this.#part(tree.item);
      case 'look':
        return this.#look(tree.item);
      case 'reference':
        return this.#loop(this.#position([[0, 0x10ffff]]), true);
      default:
        return NOTHING;
    }
  }

  #position(ranges: Ranges): Part {
    const position = this.sets.push(ranges) - 1;
    this.follow.push(new Set());
    return { first: [position], last: [position], canBeEmpty: false };
  }

  #joined(a: Part, b: Part): Part {
    this.#link(a.last, b.first);
    return {
      first: a.canBeEmpty ? [...a.first, ...b.first] : a.first,
      last: b.canBeEmpty ? [...a.last, ...b.last] : b.last,
      canBeEmpty: a.canBeEmpty && b.canBeEmpty,
    };
  }

  #choice(items: readonly Tree[]): Part {
    const parts = items.map((item) => this.#part(item));
    return {
      first: parts.flatMap(({ first }) => first),
      last: parts.flatMap(({ last }) => last),
      canBeEmpty: parts.some(({ canBeEmpty }) => canBeEmpty),
    };
  }

  #repeat({ item, min, max }: Tree & { readonly kind: 'repeat' }): Part {
    if (max > COPIES_MAX) return this.#loop(this.#part(item), min === 0);
    let whole = NOTHING;
    for (let i = 0; i < max; i++) {
      const part = this.#part(item);
      whole = this.#joined(whole, i < min ? part : { ...part, canBeEmpty: true });
    }
    return whole;
  }

  /** It takes no character. */
  #look(item: Tree): Part {
    const before = this.sets.length;
    this.#part(item);
    if (this.sets.slice(before).some((_, i) => this.reachable(before + i, undefined).has(before + i)))
      this.looksWithLoops++;
    return NOTHING;
  }

  #loop(part: Part, canBeEmpty: boolean): Part {
    this.#link(part.last, part.first);
    return { ...part, canBeEmpty: canBeEmpty || part.canBeEmpty };
  }

  #link(from: readonly number[], to: readonly number[]): void {
    for (const a of from) {
      for (const b of to) {
        const follow = this.follow[a] as Set<number>;
        if (follow.has(b)) this.#doubled.add(a);
        follow.add(b);
      }
    }
  }

  /** The strongly connected parts with at least one edge, in an order in which edges lead forward. */
  loops(): Loop[] {
    const reach = this.follow.map((_, position) => this.reachable(position, undefined));
    const seen = new Set<number>();
    const loops: Loop[] = [];
    for (let p = 0; p < this.sets.length; p++) {
      if (seen.has(p) || !reach[p]?.has(p)) continue;
      const positions = new Set([...(reach[p] as Set<number>)].filter((q) => reach[q]?.has(p)));
      for (const q of positions) seen.add(q);
      loops.push({ positions, isAmbiguous: this.#isAmbiguous(positions) });
    }
    return loops;
  }

  /** Positions behind `start`; with `within`, only through positions that share characters with it, `goal` apart. */
  reachable(start: number, within: Ranges | undefined): Set<number> {
    const found = new Set<number>();
    const open = [start];
    for (let position = open.pop(); position !== undefined; position = open.pop()) {
      for (const next of this.follow[position] as Set<number>) {
        if (found.has(next)) continue;
        if (within && intersection(this.sets[next] as Ranges, within).length === 0) continue;
        found.add(next);
        open.push(next);
      }
    }
    return found;
  }

  /** Whether one text has two ways round the loop: two positions at once that come from one and lead to one. */
  #isAmbiguous(positions: ReadonlySet<number>): boolean {
    for (const position of positions) {
      const hasTwin = [...(this.follow[position] as Set<number>)].some((next) => positions.has(next));
      if (hasTwin && this.#doubled.has(position)) return true;
    }
    const forward = this.#pairs(positions, (position) => this.follow[position] as Set<number>);
    if (forward.size === 0) return false;
    const backward = this.#pairs(positions, (position) => this.#before(position, positions));
    return [...forward].some((pair) => backward.has(pair));
  }

  #before(position: number, positions: ReadonlySet<number>): Set<number> {
    return new Set([...positions].filter((other) => this.follow[other]?.has(position)));
  }

  /** Pairs of different positions that one text leads to from the same position. */
  #pairs(positions: ReadonlySet<number>, edges: (position: number) => ReadonlySet<number>): Set<number> {
    const found = new Set<number>();
    const open: [number, number][] = [...positions].map((position) => [position, position]);
    for (let pair = open.pop(); pair; pair = open.pop()) {
      for (const a of edges(pair[0])) {
        for (const b of edges(pair[1])) {
          const key = a * POSITIONS_MAX * 2 + b;
          if (a === b || !positions.has(a) || !positions.has(b) || found.has(key)) continue;
          if (intersection(this.sets[a] as Ranges, this.sets[b] as Ranges).length === 0) continue;
          found.add(key);
          open.push([a, b]);
        }
      }
    }
    return found;
  }

  /** All characters of a loop. */
  charactersOf({ positions }: Loop): Ranges {
    return [...positions].flatMap((position) => this.sets[position] as Ranges);
  }
}

/** The most loops on one way of which each can take what the one before it takes. */
function longestChain(loops: readonly Loop[], automaton: Automaton): number {
  const characters = loops.map((loop) => automaton.charactersOf(loop));
  const lengths = loops.map(() => 0);
  const lengthFrom = (index: number): number => {
    const known = lengths[index] as number;
    if (known > 0) return known;
    lengths[index] = 1;
    let longest = 0;
    for (let other = 0; other < loops.length; other++) {
      if (other === index) continue;
      const shared = intersection(characters[index] as Ranges, characters[other] as Ranges);
      if (shared.length === 0 || !leadsTo(loops[index] as Loop, loops[other] as Loop, shared, automaton)) continue;
      longest = Math.max(longest, lengthFrom(other));
    }
    lengths[index] = longest + 1;
    return longest + 1;
  };
  return Math.max(0, ...loops.map((_, index) => lengthFrom(index)));
}

function leadsTo(from: Loop, to: Loop, shared: Ranges, automaton: Automaton): boolean {
  for (const position of from.positions) {
    const found = automaton.reachable(position, shared);
    for (const goal of to.positions) if (found.has(goal)) return true;
  }
  return false;
}
