// What the steps of the road from a line to its records see of each other.
import type { KataMemory } from './memory.ts';
import type { Piece } from './piece.ts';
import type { Understood } from './record.ts';

export interface Road {
  readonly memory: KataMemory;
  /** A text that may be any record: finds out which. */
  route(piece: Piece): void;
  /** A line of a guest's console, as it came: made readable first, then routed. */
  routeConsole(piece: Piece): void;
  emit(record: Understood, piece: Piece): void;
}
